import type { StreamEvents, Subscription } from "../contract";
import { ApiError, fromFailure, fromResponse } from "../problem";
import { SseParser } from "./sse";

export type StreamEvent = {
  [K in keyof StreamEvents]: { name: K; data: StreamEvents[K] };
}[keyof StreamEvents];
export type Listener = (event: StreamEvent) => void;

export interface StreamStatus {
  phase: "idle" | "connecting" | "live" | "stale" | "signed-out";
  /** Epoch milliseconds. */
  since: number;
}

/** What the stream needs of the world, so that a test can be the world. */
export interface Transport {
  open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
  put(path: string, body: Subscription): Promise<void>;
  remove(path: string): Promise<void>;
  wait(ms: number): Promise<void>;
  now(): number;
}

interface Entry {
  id: string;
  key: string;
  subscription: Subscription;
  listeners: Set<Listener>;
  /** The subscription as the server knows it on this connection. */
  sent: Subscription | null;
  sending: boolean;
}

export interface Handle {
  change(subscription: Subscription): void;
  close(): void;
}

export interface OwnHandle extends Handle {
  /** What to ask for when the stream has to ask again; now nothing is asked. */
  remember(subscription: Subscription): void;
}

const BACKOFF_MS = [250, 500, 1_000, 2_000, 4_000, 8_000];
/** The server pings every 15 s; silence for longer than this is a dead connection. */
const SILENCE_MS = 40_000;

/** Before a wish that did not arrive is sent again. */
const RETRY_MS = 1_000;

/** The wish did not arrive, or the server cannot take it right now. */
const isPassing = ({ problem }: ApiError) =>
  problem.status === 0 || problem.status === 429 || problem.status >= 500;

/** The one live connection of this tab: every list, count and nudge comes through it. */
export class LiveStream {
  private readonly entries = new Map<string, Entry>();
  private readonly watchers = new Set<() => void>();
  private status: StreamStatus = { phase: "idle", since: 0 };
  private streamId: string | null = null;
  private lastEventId: string | null = null;
  private running = false;
  private connection: AbortController | null = null;
  private serial = 0;

  constructor(private readonly transport: Transport) {}

  /** Subscribes for one listener only; its subscription can change (a window that scrolls). */
  open(subscription: Subscription, listener: Listener): OwnHandle {
    const entry = this.add(`own-${this.serial}`, subscription);
    entry.listeners.add(listener);
    return {
      change: (next) => {
        entry.subscription = next;
        void this.push(entry);
      },
      remember: (next) => {
        if (entry.sent === entry.subscription) entry.sent = next;
        entry.subscription = next;
      },
      close: () => this.drop(entry),
    };
  }

  /** Subscribes together with everybody who asks for the same. Returns how to leave. */
  share(subscription: Subscription, listener: Listener): () => void {
    const key = JSON.stringify(subscription);
    const entry = this.entries.get(key) ?? this.add(key, subscription);
    entry.listeners.add(listener);
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size === 0) this.drop(entry);
    };
  }

  readonly readStatus = (): StreamStatus => this.status;

  readonly watchStatus = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /** Starts over: after signing in, or when the network is back. */
  restart(forget = false): void {
    if (forget) {
      this.streamId = null;
      this.lastEventId = null;
    }
    if (this.running) this.connection?.abort();
    else void this.run();
  }

  private add(key: string, subscription: Subscription): Entry {
    this.serial += 1;
    const entry = {
      id: `s${this.serial}`,
      key,
      subscription,
      listeners: new Set<Listener>(),
      sent: null,
      sending: false,
    };
    this.entries.set(key, entry);
    if (!this.running) void this.run();
    else void this.push(entry);
    return entry;
  }

  private drop(entry: Entry): void {
    if (this.entries.get(entry.key) !== entry) return;
    this.entries.delete(entry.key);
    if (entry.sent && this.streamId)
      void this.transport.remove(this.path(this.streamId, entry)).catch(() => undefined);
  }

  private path(stream: string, entry: Entry): string {
    return `/api/stream/${stream}/subscriptions/${entry.id}`;
  }

  /** Tells the server what the entry wants now. One request per entry at a time; the last wish wins. */
  private async push(entry: Entry): Promise<void> {
    const stream = this.streamId;
    if (entry.sending || !stream || this.status.phase !== "live" || entry.sent === entry.subscription) return;
    entry.sending = true;
    const wish = entry.subscription;
    entry.sent = wish;
    try {
      await this.transport.put(this.path(stream, entry), wish);
    } catch (cause) {
      const error = fromFailure(cause);
      if (isPassing(error)) {
        entry.sent = null;
        await this.transport.wait(RETRY_MS);
      } else {
        this.refused(entry, error);
      }
    } finally {
      entry.sending = false;
    }
    if (this.entries.get(entry.key) !== entry)
      void this.transport.remove(this.path(stream, entry)).catch(() => undefined);
    else if (this.streamId === stream) void this.push(entry);
  }

  private refused(entry: Entry, error: ApiError): void {
    // A stream the server no longer knows: begin a new one. Other 404s are about what was asked for.
    if (error.code === "stream_unknown") return this.restart(true);
    this.tell(entry, { name: "problem", data: { sub: entry.id, problem: error.problem } });
  }

  private tell(entry: Entry, event: StreamEvent): void {
    for (const listener of entry.listeners) listener(event);
  }

  private setPhase(phase: StreamStatus["phase"]): void {
    if (this.status.phase === phase) return;
    this.status = { phase, since: this.transport.now() };
    for (const watcher of this.watchers) watcher();
  }

  private async run(): Promise<void> {
    this.running = true;
    for (let failures = 0; this.entries.size > 0;) {
      this.setPhase(
        this.status.phase === "idle"
          ? "connecting"
          : this.status.phase === "live"
            ? "stale"
            : this.status.phase,
      );
      const outcome = await this.connect();
      if (outcome === "signed-out") break;
      failures = outcome === "was-live" ? 0 : failures + 1;
      if (this.entries.size === 0) break;
      this.setPhase("stale");
      const pause = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 8_000;
      await this.transport.wait(pause * (0.75 + Math.random() / 2));
    }
    this.running = false;
    if (this.status.phase !== "signed-out") this.setPhase("idle");
  }

  private async connect(): Promise<"was-live" | "failed" | "signed-out"> {
    const connection = new AbortController();
    this.connection = connection;
    const resume = this.streamId ? `?resume=${encodeURIComponent(this.streamId)}` : "";
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (this.lastEventId) headers["last-event-id"] = this.lastEventId;
    let live = false;
    try {
      const response = await this.transport.open(`/api/stream${resume}`, headers, connection.signal);
      if (!response.ok || !response.body) throw await fromResponse(response);
      for await (const event of this.read(response.body, connection)) {
        live ||= event.name === "hello";
        this.receive(event);
      }
    } catch (cause) {
      if (cause instanceof ApiError && cause.problem.status === 401) {
        this.streamId = null;
        this.setPhase("signed-out");
        return "signed-out";
      }
    } finally {
      connection.abort();
    }
    return live ? "was-live" : "failed";
  }

  private async *read(
    body: ReadableStream<Uint8Array>,
    connection: AbortController,
  ): AsyncGenerator<StreamEvent> {
    const parser = new SseParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    try {
      for (;;) {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => connection.abort(), SILENCE_MS);
        const { done, value } = await reader.read();
        if (done) return;
        for (const message of parser.push(decoder.decode(value, { stream: true }))) {
          if (message.id !== null) this.lastEventId = message.id;
          yield { name: message.event, data: JSON.parse(message.data) } as StreamEvent;
        }
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  private receive(event: StreamEvent): void {
    if (event.name === "hello") {
      this.streamId = event.data.stream;
      this.setPhase("live");
      // Asked again even when resumed: it is one small request each, and never leaves a silent gap.
      for (const entry of this.entries.values()) {
        entry.sent = null;
        void this.push(entry);
      }
      return;
    }
    if (event.name === "bye") return this.connection?.abort();
    const sub = event.data.sub;
    for (const entry of this.entries.values()) if (entry.id === sub) this.tell(entry, event);
  }
}
