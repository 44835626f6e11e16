import type { Problem, Subscription } from "@/api/contract";
import type { ListQuestion } from "@/api/queries";
import type { Handle, Listener } from "@/api/stream/stream";
import { applyWindow, EMPTY_WINDOW, heldChanges, type WindowState } from "@/api/stream/window-state";

/** What the table draws. A new object only when something that is drawn changed. */
export interface ListSnapshot {
  shown: WindowState;
  /** Changes of order that wait until the pointer leaves. */
  held: number;
  /** The newest first window has arrived. */
  ready: boolean;
  problem: Problem | null;
  /** By row id: which cells changed within the last second. */
  tints: ReadonlyMap<number, Tint>;
}

export interface Tint {
  cells: readonly number[];
  /** When it fades, in milliseconds of `now`. */
  until: number;
}

export interface ListStoreDeps {
  open: (subscription: Subscription, listener: Listener) => Handle;
  /** Runs the callback once, before the next paint. */
  frame: (run: () => void) => void;
  delay: (run: () => void, ms: number) => () => void;
  now: () => number;
  /** The last frame of lists that were open before, by their question. */
  frames: { get: (key: string) => WindowState | undefined; set: (key: string, frame: WindowState) => void };
}

const TINT_MS = 1_000;
const MOVE_MS = 60;
const STEP = 25;
const SMALLEST = 100;
const LARGEST = 500;

/** How long an answer may take: while scrolling, what will be seen by then is asked for too. */
const AHEAD_MS = 300;

/**
 * The window to ask for, so that a screen's worth of rows lies ready on both sides of what is seen, and `ahead` more
 * on the side to which one scrolls (negative: above).
 */
export function windowAround(first: number, count: number, ahead = 0): { from: number; limit: number } {
  const margin = Math.max(count, STEP);
  const from = Math.max(0, Math.floor((first - margin + Math.min(0, ahead)) / STEP) * STEP);
  const wanted = Math.ceil((first + count + margin + Math.max(0, ahead) - from) / STEP) * STEP;
  return { from, limit: Math.min(LARGEST, Math.max(SMALLEST, wanted)) };
}

/** The rows of one list, outside React: events are applied as they come and published once per frame. */
export class ListStore {
  private newest: WindowState = EMPTY_WINDOW;
  private shown: WindowState = EMPTY_WINDOW;
  private tints = new Map<number, Tint>();
  private snapshot: ListSnapshot = {
    shown: EMPTY_WINDOW,
    held: 0,
    ready: false,
    problem: null,
    tints: this.tints,
  };
  private readonly listeners = new Set<() => void>();
  private handle: Handle | null = null;
  private query: ListQuestion | null = null;
  private view = { from: 0, limit: SMALLEST };
  private ready = false;
  /** Asked and not answered: what still arrives belongs to the question before. */
  private unanswered = true;
  private problem: Problem | null = null;
  private holding = false;
  private scheduled = false;
  private fading = false;
  private cancelMove: (() => void) | null = null;
  private wanted = this.view;
  /** Where one looked last, to tell how fast one scrolls. */
  private looked = { first: 0, at: 0 };

  constructor(private readonly deps: ListStoreDeps) {}

  readonly read = (): ListSnapshot => this.snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Asks another question. Until it is answered its own last frame is shown, else the one at hand if it is of the kind. */
  ask(query: ListQuestion): void {
    const before = this.query;
    this.keep();
    this.query = query;
    this.problem = null;
    this.ready = false;
    this.unanswered = true;
    this.view = { from: 0, limit: this.view.limit };
    this.cancelMove?.();
    this.cancelMove = null;
    const known = this.deps.frames.get(JSON.stringify(query));
    if (known || before?.kind !== query.kind) {
      this.newest = known ?? EMPTY_WINDOW;
      this.shown = this.newest;
    }
    this.wish();
    this.schedule();
  }

  /** Follows the viewport, not more often than the server should hear of it. */
  look(first: number, count: number): void {
    const ahead = this.ahead(first);
    this.wanted = windowAround(first, count, ahead);
    const { from, limit } = this.view;
    const above = Math.max(0, first - STEP + Math.min(0, ahead));
    if (from <= above && from + limit >= first + count + STEP + Math.max(0, ahead)) {
      this.cancelMove?.();
      this.cancelMove = null;
      return;
    }
    // Not put off while one goes on scrolling: the rows would not come before one stops.
    this.cancelMove ??= this.deps.delay(() => {
      this.cancelMove = null;
      this.view = this.wanted;
      this.wish();
    }, MOVE_MS);
  }

  /** Rows that go by until an answer is there. A jump is no scrolling. */
  private ahead(first: number): number {
    const at = this.deps.now();
    const rows = first - this.looked.first;
    const elapsed = at - this.looked.at;
    this.looked = { first, at };
    if (elapsed <= 0 || elapsed > 100 || Math.abs(rows) > SMALLEST) return 0;
    const ahead = Math.round((rows / elapsed) * AHEAD_MS);
    return Math.max(-SMALLEST, Math.min(SMALLEST, ahead));
  }

  /** While held, rows change their contents but not their places. */
  hold(on: boolean): void {
    this.holding = on;
    if (!on) this.schedule();
  }

  /** Shows the newest order now; the hold goes on from there. */
  release(): void {
    if (this.snapshot.held === 0) return;
    this.shown = this.newest;
    this.schedule();
  }

  close(): void {
    this.keep();
    this.cancelMove?.();
    this.handle?.close();
    this.handle = null;
    this.query = null;
  }

  private keep(): void {
    // Only the top of a list: that is where one comes back to.
    if (this.query && this.ready && !this.problem && this.newest.from === 0)
      this.deps.frames.set(JSON.stringify(this.query), this.newest);
  }

  private wish(): void {
    if (!this.query) return;
    const subscription: Subscription = { type: "window", ...this.query, ...this.view };
    if (this.handle) this.handle.change(subscription);
    else this.handle = this.deps.open(subscription, (event) => this.receive(event));
  }

  private receive(event: Parameters<Listener>[0]): void {
    if (event.name === "problem") {
      this.problem = event.data.problem;
      this.ready = true;
    } else if (event.name === "window") {
      if (this.unanswered && !event.data.reset) return;
      this.unanswered = false;
      const { state, changed } = applyWindow(this.newest, event.data);
      this.newest = state;
      // Another question's answer is not a change of this one's rows.
      if (!event.data.reset) this.tint(changed);
      if (event.data.reset || this.shown.from !== state.from) this.shown = state;
      this.problem = null;
      this.ready = true;
    } else {
      return;
    }
    this.schedule();
  }

  private tint(changed: Map<number, number[]>): void {
    if (changed.size === 0) return;
    const until = this.deps.now() + TINT_MS;
    this.tints = new Map(this.tints);
    for (const [id, cells] of changed) this.tints.set(id, { cells, until });
  }

  /** Drops the tints whose second is over, and comes back for the rest. An animation would paint every frame. */
  private fade(): void {
    const now = this.deps.now();
    const left = [...this.tints].filter(([, { until }]) => until > now);
    if (left.length < this.tints.size) this.tints = new Map(left);
    if (left.length === 0 || this.fading) return;
    this.fading = true;
    this.deps.delay(() => {
      this.fading = false;
      this.schedule();
    }, TINT_MS / 2);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.deps.frame(() => {
      this.scheduled = false;
      this.publish();
    });
  }

  private publish(): void {
    this.fade();
    const held = this.holding && this.shown.order.length > 0 ? heldChanges(this.shown, this.newest) : 0;
    if (held === 0) {
      this.shown = this.newest;
    } else {
      const rows = new Map(this.shown.rows);
      for (const id of this.shown.order) {
        const row = this.newest.rows.get(id);
        if (row) rows.set(id, row);
      }
      const { order, total, from } = this.shown;
      this.shown = { ...this.newest, order, total, from, rows };
    }
    this.snapshot = { shown: this.shown, held, ready: this.ready, problem: this.problem, tints: this.tints };
    for (const listener of this.listeners) listener();
  }
}
