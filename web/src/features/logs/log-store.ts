// What one tab of the dock follows: its lines, whose they are, and what is shown of them. It lives outside React and
// outside the page, so that lines gather while another tab or page is looked at.
import type { Gap } from "@/api/contract";
import type { LogsEvent, LogSource, LogsWanted, LogTrouble } from "@/api/logs-contract";
import type { Listener, OwnHandle } from "@/api/stream/stream";
import type { Subscription } from "@/api/contract";
import { createFilter, NO_FILTER, type Filter, type FilterWish } from "./filter";
import { Cursor, insert, LogLines, sourceId, type LogLine, type LogSourceId } from "./lines";

/** What is asked of the server beside whose logs: changing it opens them anew. */
export interface Asked {
  containers: string[];
  previous: boolean;
  /** Null: the last lines. */
  sinceSeconds: number | null;
}

export interface Source extends LogSource {
  id: LogSourceId;
  /** Letters that stand for it, the same as long as the tab is open. */
  letters: string;
  /** Which of the colours. */
  colour: number;
}

export interface LogSnapshot {
  /** What the filter and the choice of pods leave, oldest first. Changes in place: `version` tells. */
  shown: readonly LogLine[];
  total: number;
  dropped: number;
  version: number;
  sources: readonly Source[];
  hidden: ReadonlySet<LogSourceId>;
  problem: LogTrouble | null;
  gaps: readonly Gap[];
  searching: boolean;
  asked: Asked;
  filter: Filter;
  wish: FilterWish;
  /** Container names ever seen, to choose among. */
  containers: readonly string[];
}

export interface LogStoreParts {
  open(subscription: Subscription, listener: Listener): OwnHandle;
  /** Runs soon, once for many changes. */
  frame(run: () => void): void;
}

export const COLOURS = 8;
/** Asked again after a break from this long before the newest line: clocks of nodes differ. */
const OVERLAP_MS = 10_000;
/** Asked for where no span is chosen: lines of each container. */
const TAIL = 500;

/** A, B, … Z, AA, AB … */
export function lettersOf(number: number): string {
  const letter = String.fromCharCode(65 + (number % 26));
  return number < 26 ? letter : lettersOf(Math.floor(number / 26) - 1) + letter;
}

export class LogStore {
  private readonly lines = new LogLines();
  private shown: LogLine[] = [];
  private readonly known = new Map<LogSourceId, { letters: string; colour: number }>();
  private readonly cursors = new Map<LogSourceId, Cursor>();
  private readonly names = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private places: LogSourceId[] = [];
  private handle: OwnHandle | null = null;
  private newest = "";
  private serial = 0;
  private due = false;
  private state: LogSnapshot;

  constructor(
    private readonly parts: LogStoreParts,
    private readonly whose: Pick<LogsWanted, "cluster" | "kind" | "namespace" | "name">,
    asked: Asked,
  ) {
    this.state = {
      shown: this.shown,
      total: 0,
      dropped: 0,
      version: 0,
      sources: [],
      hidden: new Set(),
      problem: null,
      gaps: [],
      searching: true,
      asked,
      filter: createFilter(NO_FILTER),
      wish: NO_FILTER,
      containers: [],
    };
    this.open();
  }

  readonly read = (): LogSnapshot => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Opens the logs anew, as they are wanted now. */
  ask(change: Partial<Asked>): void {
    this.state = { ...this.state, asked: { ...this.state.asked, ...change } };
    this.handle?.close();
    this.forget();
    this.cursors.clear();
    this.newest = "";
    this.state = { ...this.state, sources: [], problem: null, gaps: [], searching: true };
    this.open();
    this.soon();
  }

  /** Only what changes: what a component has seen of the rest may be a frame old. */
  setFilter(change: Partial<FilterWish>): void {
    const wish = { ...this.state.wish, ...change };
    const filter = createFilter(wish);
    // While somebody types an expression that is not one yet, what is shown stays.
    const next = filter.problem ? { ...filter, test: this.state.filter.test } : filter;
    this.state = { ...this.state, wish, filter: next };
    this.sift();
  }

  hide(hidden: ReadonlySet<LogSourceId>): void {
    this.state = { ...this.state, hidden };
    this.sift();
  }

  /** Forgets the lines so far; what comes is shown. */
  clear(): void {
    this.forget();
    this.soon();
  }

  close(): void {
    this.handle?.close();
    this.handle = null;
    this.forget();
  }

  private open(): void {
    this.handle = this.parts.open(this.wanted(), (event) => {
      // The stream names its events; those of this subscription are logs and refusals.
      const { name, data } = event as { name: string; data: unknown };
      if (name === "logs") this.take(data as LogsEvent);
      if (name === "problem") {
        const { problem } = data as {
          problem: { code: string; detail: string; needs?: LogTrouble["needs"] };
        };
        const { code, detail, needs = [] } = problem;
        this.state = { ...this.state, problem: { code, detail, needs }, searching: false };
        this.soon();
      }
    });
  }

  private wanted(sinceTime?: string): Subscription {
    const { containers, previous, sinceSeconds } = this.state.asked;
    const span =
      sinceTime !== undefined ? { sinceTime } : sinceSeconds !== null ? { sinceSeconds } : { tail: TAIL };
    return { type: "logs", ...this.whose, containers, previous, follow: !previous, ...span };
  }

  private take(event: LogsEvent): void {
    if (event.reset) for (const cursor of this.cursors.values()) cursor.goOn();
    if (event.sources) this.setSources(event.sources);
    const { problem, gaps, searching } = event;
    this.state = {
      ...this.state,
      ...(problem === undefined ? {} : { problem }),
      ...(gaps ? { gaps } : {}),
      ...(typeof searching === "boolean" ? { searching } : {}),
    };
    const batch: LogLine[] = [];
    for (const [place, time, raw] of event.lines) {
      const source = this.places[place];
      if (source === undefined || !this.cursorOf(source).isFresh(time)) continue;
      if (time > this.newest) this.newest = time;
      batch.push({ id: (this.serial += 1), source, time, raw });
    }
    if (batch.length > 0) this.add(batch);
    // The stream asks again by itself after a break: then from here on.
    if (this.newest && batch.length > 0) this.handle?.remember(this.wanted(this.resumeTime()));
    this.soon();
  }

  private add(batch: LogLine[]): void {
    const gone = this.lines.add(batch);
    const { filter, hidden } = this.state;
    for (const line of batch)
      if (!hidden.has(line.source) && (filter.test?.(line) ?? true)) insert(this.shown, line);
    if (gone > 0) this.dropShown();
  }

  /** Takes off `shown` what is no longer kept. */
  private dropShown(): void {
    const kept = this.shown.findIndex((line) => !line.gone);
    this.shown.splice(0, kept < 0 ? this.shown.length : kept);
  }

  private setSources(sources: readonly LogSource[]): void {
    this.places = sources.map(({ pod, container }) => sourceId(pod, container));
    for (const { container } of sources) if (container) this.names.add(container);
    for (const id of this.places)
      if (!this.known.has(id))
        this.known.set(id, { letters: lettersOf(this.known.size), colour: this.known.size % COLOURS });
    this.state = {
      ...this.state,
      sources: sources.map((source, at) => {
        const id = this.places[at] ?? "";
        return { ...source, id, letters: "?", colour: 0, ...this.known.get(id) };
      }),
      containers: [...this.names].sort(),
    };
  }

  private cursorOf(source: LogSourceId): Cursor {
    const cursor = this.cursors.get(source) ?? new Cursor();
    this.cursors.set(source, cursor);
    return cursor;
  }

  private resumeTime(): string {
    return new Date(Date.parse(this.newest) - OVERLAP_MS).toISOString();
  }

  private forget(): void {
    this.lines.clear();
    this.shown = [];
    this.state = { ...this.state, shown: this.shown };
  }

  private sift(): void {
    const { filter, hidden } = this.state;
    const shows = (line: LogLine) => !hidden.has(line.source) && (filter.test?.(line) ?? true);
    this.shown = this.lines.all.filter(shows);
    this.state = { ...this.state, shown: this.shown };
    this.soon();
  }

  private soon(): void {
    if (this.due) return;
    this.due = true;
    this.parts.frame(() => {
      this.due = false;
      const { all, dropped } = this.lines;
      this.state = { ...this.state, version: this.state.version + 1, total: all.length, dropped };
      for (const listener of this.listeners) listener();
    });
  }
}
