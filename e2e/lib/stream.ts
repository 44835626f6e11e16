import { SseParser } from "../../web/src/api/stream/sse";
import { applyWindow, EMPTY_WINDOW, type WindowState } from "../../web/src/api/stream/window-state";
import { path, place, type Api } from "./api";
import type { Row, StreamEvents, Subscription } from "./contract";
import { eventually, show, until, type Saw } from "./wait";

export type StreamEvent = {
  [K in keyof StreamEvents]: { name: K; data: StreamEvents[K] };
}[keyof StreamEvents];

/** The stream of one tab, read with the console's own parser. */
export class Stream {
  readonly events: StreamEvent[] = [];
  private readonly abort = new AbortController();
  private readonly windows = new Map<string, WindowState>();
  private ended: string | null = null;
  private last = "";

  private constructor(private readonly api: Api) {}

  static async open(api: Api, resume?: { stream: string; lastEvent: string }): Promise<Stream> {
    const stream = new Stream(api);
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (api.cookie) headers["cookie"] = api.cookie;
    if (resume) headers["last-event-id"] = resume.lastEvent;
    const where = path(["stream"], { resume: resume?.stream });
    const response = await fetch(api.base + where, { headers, signal: stream.abort.signal });
    if (!response.ok || !response.body) throw new Error(`GET ${where} was answered ${response.status}`);
    void stream.read(response.body);
    await until("the stream's greeting", () => stream.events.some(({ name }) => name === "hello"));
    return stream;
  }

  get id(): string {
    const hello = this.of("hello")[0];
    if (!hello) throw new Error("the stream has not greeted");
    return hello.stream;
  }

  get lastEvent(): string {
    return this.last;
  }

  /** How it ended, or null while it goes on. */
  get over(): string | null {
    return this.ended;
  }

  of<K extends keyof StreamEvents>(name: K): StreamEvents[K][] {
    return this.events.filter((event) => event.name === name).map(({ data }) => data as StreamEvents[K]);
  }

  async subscribe(sub: string, subscription: Subscription): Promise<void> {
    const where = path(["stream", this.id, "subscriptions", sub]);
    const reply = await this.api.send("PUT", where, subscription);
    if (reply.status !== 204) throw new Error(`PUT ${where} was answered ${reply.status}: ${reply.text}`);
  }

  async unsubscribe(sub: string): Promise<void> {
    const where = path(["stream", this.id, "subscriptions", sub]);
    const reply = await this.api.send("DELETE", where);
    if (reply.status !== 204) throw new Error(`DELETE ${where} was answered ${reply.status}: ${reply.text}`);
  }

  /** The window as a console would show it now. */
  window(sub: string): WindowState {
    return this.windows.get(sub) ?? EMPTY_WINDOW;
  }

  rows(sub: string): Row[] {
    const { order, rows } = this.window(sub);
    return order.map((id) => rows.get(id)).filter((row): row is Row => row !== undefined);
  }

  /** Waits until the window holds what `check` asserts. */
  async settles(
    sub: string,
    what: string,
    check: (window: { state: WindowState; rows: Row[]; places: string[] }) => void,
    timeoutMs = 30_000,
  ): Promise<void> {
    await eventually(
      what,
      (saw: Saw) => {
        if (this.ended !== null) throw new Error(`the stream ended: ${this.ended}`);
        const rows = this.rows(sub);
        saw(show(rows.map(place)));
        check({ state: this.window(sub), rows, places: rows.map(place) });
      },
      { timeoutMs, everyMs: 20 },
    );
  }

  close(): void {
    this.abort.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = new SseParser();
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) {
        for (const message of parser.push(decoder.decode(chunk, { stream: true }))) {
          if (message.id !== null) this.last = message.id;
          this.take({ name: message.event, data: JSON.parse(message.data) } as StreamEvent);
        }
      }
      this.ended = "the server closed it";
    } catch (error) {
      this.ended = this.abort.signal.aborted ? "closed here" : show(error);
    }
  }

  private take(event: StreamEvent): void {
    this.events.push(event);
    if (event.name !== "window") return;
    const { sub } = event.data;
    this.windows.set(sub, applyWindow(this.window(sub), event.data).state);
  }
}
