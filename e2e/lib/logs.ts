import type { Api } from "./api";
import type { Subscription } from "./contract";
import { Stream } from "./stream";
import { until } from "./wait";

export interface LogSource {
  pod: string;
  container: string;
  state: "connecting" | "live" | "ended" | "refused" | "failed";
  reason?: string;
  needs?: { verb: string; resource: string; subresource?: string; namespace?: string; name?: string }[];
}

interface LogsEvent {
  sub: string;
  reset: boolean;
  lines: [number, string, string][];
  sources?: LogSource[];
  problem?: { code: string; detail: string; needs: LogSource["needs"] } | null;
  searching?: boolean;
}

export interface Line {
  source: LogSource | undefined;
  time: string;
  text: string;
}

/** Followed logs, as the console reads them. */
export class Logs {
  private constructor(readonly stream: Stream) {}

  static async open(api: Api, wanted: Record<string, unknown>): Promise<Logs> {
    const stream = await Stream.open(api);
    await stream.subscribe("logs", { type: "logs", ...wanted } as unknown as Subscription);
    return new Logs(stream);
  }

  private get events(): LogsEvent[] {
    const all = this.stream.events as { name: string; data: unknown }[];
    return all.filter(({ name }) => name === "logs").map(({ data }) => data as LogsEvent);
  }

  get sources(): LogSource[] {
    return this.events.findLast((event) => event.sources)?.sources ?? [];
  }

  get problem(): LogsEvent["problem"] {
    return this.events.findLast((event) => event.problem !== undefined)?.problem;
  }

  get lines(): Line[] {
    let sources: LogSource[] = [];
    return this.events.flatMap((event) => {
      sources = event.sources ?? sources;
      return event.lines.map(([at, time, text]) => ({ source: sources[at], time, text }));
    });
  }

  /** Waits for what the logs say of themselves. */
  until<T>(what: string, look: (logs: Logs) => T | undefined | false): Promise<T> {
    return until(what, (saw) => {
      saw({ sources: this.sources, problem: this.problem, lines: this.lines.length, over: this.stream.over });
      return look(this);
    });
  }

  close(): void {
    this.stream.close();
  }
}
