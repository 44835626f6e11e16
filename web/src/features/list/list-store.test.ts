import { describe, expect, it } from "vitest";
import type { Row, Subscription, WindowEvent } from "@/api/contract";
import type { Listener } from "@/api/stream/stream";
import { rowAt, type WindowState } from "@/api/stream/window-state";
import type { ListQuestion } from "@/api/queries";
import { ListStore, windowAround } from "./list-store";

const row = (id: number, cells: Row["cells"] = []): Row => ({
  id,
  cluster: "a",
  name: `r${id}`,
  uid: `u${id}`,
  tone: "ok",
  cells,
});
const query = (change: Partial<ListQuestion> = {}): ListQuestion => ({
  kind: "pods",
  clusters: ["a"],
  namespaces: [],
  filter: "",
  sort: "",
  ...change,
});

class Bench {
  wishes: Subscription[] = [];
  frames: (() => void)[] = [];
  delays: (() => void)[] = [];
  kept = new Map<string, WindowState>();
  published = 0;
  now = 0;
  private listener: Listener = () => undefined;

  readonly store = new ListStore({
    open: (subscription, listener) => {
      this.wishes.push(subscription);
      this.listener = listener;
      return { change: (next) => void this.wishes.push(next), close: () => undefined };
    },
    frame: (run) => void this.frames.push(run),
    delay: (run) => {
      this.delays.push(run);
      return () => void (this.delays = this.delays.filter((each) => each !== run));
    },
    now: () => this.now,
    frames: this.kept,
  });

  constructor() {
    this.store.subscribe(() => void (this.published += 1));
  }

  window(change: Partial<WindowEvent>): void {
    this.listener({
      name: "window",
      data: { sub: "s", reset: false, version: 1, total: 3, from: 0, asOf: "t", ...change },
    });
  }

  paint(): void {
    for (const run of this.frames.splice(0)) run();
  }

  /** A list of three rows, painted. */
  static opened(): Bench {
    const bench = new Bench();
    bench.store.ask(query());
    bench.window({ reset: true, order: [1, 2, 3], rows: [row(1, [1]), row(2, [2]), row(3, [3])] });
    bench.paint();
    return bench;
  }

  names(): (string | undefined)[] {
    const { shown } = this.store.read();
    return [0, 1, 2].map((at) => rowAt(shown, at)?.name);
  }
}

describe("the rows of a list", () => {
  it("asks for the first rows at once", () => {
    const bench = new Bench();
    bench.store.ask(query({ filter: "x" }));
    expect(bench.wishes).toEqual([{ type: "window", ...query({ filter: "x" }), from: 0, limit: 100 }]);
  });

  it("publishes once per frame however many events come", () => {
    const bench = Bench.opened();
    const before = bench.published;
    for (let value = 10; value < 60; value += 1) bench.window({ rows: [row(1, [value])] });
    expect(bench.published).toBe(before);
    bench.paint();
    expect(bench.published).toBe(before + 1);
    expect(rowAt(bench.store.read().shown, 0)?.cells).toEqual([59]);
  });

  it("tints what changed for a second", () => {
    const bench = Bench.opened();
    bench.window({ rows: [row(2, [7])] });
    bench.paint();
    expect(bench.store.read().tints.get(2)?.cells).toEqual([0]);
    bench.now = 999;
    for (const run of bench.delays.splice(0)) run();
    bench.paint();
    expect(bench.store.read().tints.size).toBe(1);
    bench.now = 1_000;
    for (const run of bench.delays.splice(0)) run();
    bench.paint();
    expect(bench.store.read().tints.size).toBe(0);
    expect(bench.delays).toHaveLength(0);
  });

  it("does not tint the answer to another question", () => {
    const bench = Bench.opened();
    bench.store.ask(query({ sort: "-age" }));
    bench.window({ reset: true, order: [1], rows: [row(1, [99])] });
    bench.paint();
    expect(bench.store.read().tints.size).toBe(0);
  });

  it("keeps the last frame until the next question is answered", () => {
    const bench = Bench.opened();
    bench.store.ask(query({ filter: "y" }));
    bench.paint();
    expect(bench.names()).toEqual(["r1", "r2", "r3"]);
    expect(bench.store.read().ready).toBe(false);
  });

  it("does not take the last changes of the question before for an answer", () => {
    const bench = Bench.opened();
    bench.store.ask(query({ filter: "y" }));
    bench.window({ rows: [row(1, [50])] });
    bench.paint();
    expect(bench.store.read().ready).toBe(false);
    expect(rowAt(bench.store.read().shown, 0)?.cells).toEqual([1]);
  });

  it("comes back to a list with its last frame", () => {
    const bench = Bench.opened();
    bench.store.ask(query({ filter: "y" }));
    bench.window({ reset: true, total: 1, order: [9], rows: [row(9)] });
    bench.store.ask(query());
    bench.paint();
    expect(bench.names()).toEqual(["r1", "r2", "r3"]);
    bench.window({ reset: true, order: [3], rows: [row(3)] });
    bench.paint();
    expect(bench.names()).toEqual(["r3", undefined, undefined]);
  });

  it("shows nothing of another kind", () => {
    const bench = Bench.opened();
    bench.store.ask(query({ kind: "nodes" }));
    bench.paint();
    expect(bench.store.read().shown.total).toBe(0);
  });
});

describe("under the pointer", () => {
  it("rows change their contents but not their places", () => {
    const bench = Bench.opened();
    bench.store.hold(true);
    bench.window({ total: 4, order: [4, 1, 2], rows: [row(4, [4]), row(1, [100])] });
    bench.paint();
    expect(bench.names()).toEqual(["r1", "r2", "r3"]);
    expect(rowAt(bench.store.read().shown, 0)?.cells).toEqual([100]);
    expect(bench.store.read().held).toBe(1);
  });

  it("the order is caught up when the pointer leaves", () => {
    const bench = Bench.opened();
    bench.store.hold(true);
    bench.window({ order: [3, 2, 1] });
    bench.paint();
    bench.store.hold(false);
    bench.paint();
    expect(bench.names()).toEqual(["r3", "r2", "r1"]);
    expect(bench.store.read().held).toBe(0);
  });

  it("or when somebody asks for it, and the hold goes on", () => {
    const bench = Bench.opened();
    bench.store.hold(true);
    bench.window({ order: [3, 2, 1] });
    bench.paint();
    bench.store.release();
    bench.paint();
    expect(bench.names()).toEqual(["r3", "r2", "r1"]);
    bench.window({ order: [1, 2, 3] });
    bench.paint();
    expect(bench.names()).toEqual(["r3", "r2", "r1"]);
    expect(bench.store.read().held).toBe(2);
  });

  it("the answer to a new question is never held", () => {
    const bench = Bench.opened();
    bench.store.hold(true);
    bench.window({ reset: true, order: [2], total: 1, rows: [row(2)] });
    bench.paint();
    expect(bench.names()[0]).toBe("r2");
    expect(bench.store.read().held).toBe(0);
  });

  it("a window that scrolled is never held", () => {
    const bench = Bench.opened();
    bench.store.hold(true);
    bench.window({ from: 1, order: [2, 3, 4], rows: [row(4)], total: 4 });
    bench.paint();
    expect(rowAt(bench.store.read().shown, 3)?.name).toBe("r4");
  });
});

describe("the window around the viewport", () => {
  it.each([
    [0, 30, { from: 0, limit: 100 }],
    [1_000, 30, { from: 950, limit: 125 }],
    [29_990, 30, { from: 29_950, limit: 100 }],
    [0, 5_000, { from: 0, limit: 500 }],
  ])("row %d, %d seen", (first, count, wanted) => expect(windowAround(first, count)).toEqual(wanted));

  it("is asked for again only when the rows at hand run out", () => {
    const bench = Bench.opened();
    bench.store.look(2, 30);
    expect(bench.delays).toHaveLength(0);
    bench.store.look(200, 30);
    bench.store.look(2, 30);
    expect(bench.delays).toHaveLength(0);
    bench.store.look(200, 30);
    for (const run of bench.delays) run();
    expect(bench.wishes.at(-1)).toMatchObject({ from: 150, limit: 125 });
  });

  it("is asked for while one goes on scrolling, and further ahead the faster", () => {
    const bench = Bench.opened();
    for (let at = 1; at <= 10; at += 1) {
      bench.now = 1_000 + at * 16;
      bench.store.look(40 + at * 5, 30);
    }
    expect(bench.delays).toHaveLength(1);
    for (const run of bench.delays.splice(0)) run();
    const { from, limit } = bench.wishes.at(-1) as { from: number; limit: number };
    expect(from).toBeLessThanOrEqual(60);
    expect(from + limit).toBeGreaterThanOrEqual(90 + 30 + 90);
  });
});
