// Brings the rows of one question: the first page, older ones when somebody scrolls, newer ones when the stream nudges.
import type { AuditPage } from "@/api/contract";
import { append, begin, NOTHING, refresh, release, type RecordRows } from "./record-rows";

export interface FeedState {
  rows: RecordRows;
  phase: "loading" | "ready" | "failed";
  error: unknown;
  /** Older rows are on their way. */
  growing: boolean;
}

/** The page that begins at `cursor`, or the newest. */
export type LoadPage = (cursor: string | null, signal: AbortSignal) => Promise<AuditPage>;

/** More than this nobody reads: the page says how to narrow it. */
export const MOST_ROWS = 20_000;

const START: FeedState = { rows: NOTHING, phase: "loading", error: null, growing: false };

export class RecordFeed {
  private state = START;
  private readonly watchers = new Set<() => void>();
  private abort = new AbortController();
  private refreshing = false;
  private again = false;
  private held = false;

  constructor(private readonly load: LoadPage) {}

  readonly read = (): FeedState => this.state;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  start(): void {
    this.abort = new AbortController();
    this.refreshing = false;
    this.again = false;
    this.set(START);
    void this.run(
      () => this.load(null, this.abort.signal),
      (page) => ({ rows: begin(page), phase: "ready" }),
      (error) => ({ phase: "failed", error }),
    );
  }

  stop(): void {
    this.abort.abort();
  }

  more(): void {
    const { rows, growing, phase } = this.state;
    if (growing || phase !== "ready" || rows.next === null || rows.rows.length >= MOST_ROWS) return;
    const { next } = rows;
    this.set({ growing: true });
    void this.run(
      () => this.load(next, this.abort.signal),
      (page) => ({ rows: append(this.state.rows, page), growing: false, error: null }),
      (error) => ({ growing: false, error }),
    );
  }

  /** Something was written: looks at the newest page again, once more if told so meanwhile. */
  nudge(): void {
    if (this.state.phase !== "ready") return;
    this.again = this.refreshing;
    if (this.refreshing) return;
    this.refreshing = true;
    const done = <T>(change: T): T => {
      this.refreshing = false;
      return change;
    };
    void this.run(
      () => this.load(null, this.abort.signal),
      (page) => {
        const rows = refresh(this.state.rows, page);
        return done({ rows: this.held ? rows : release(rows), error: null });
      },
      (error) => done({ error }),
    ).then(() => {
      if (this.again) this.nudge();
    });
  }

  /** While held, what is new waits: rows never move under the pointer. */
  hold(held: boolean): void {
    this.held = held;
    if (!held) this.release();
  }

  release(): void {
    const rows = release(this.state.rows);
    if (rows !== this.state.rows) this.set({ rows });
  }

  private async run(
    ask: () => Promise<AuditPage>,
    took: (page: AuditPage) => Partial<FeedState>,
    failed: (error: unknown) => Partial<FeedState>,
  ): Promise<void> {
    const { signal } = this.abort;
    try {
      const page = await ask();
      if (!signal.aborted) this.set(took(page));
    } catch (error) {
      if (!signal.aborted) this.set(failed(error));
    }
  }

  private set(change: Partial<FeedState>): void {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher();
  }
}
