import { describe, expect, it } from "vitest";
import type { Row, WindowEvent } from "../contract";
import { applyWindow, EMPTY_WINDOW, heldChanges, rowAt, type WindowState } from "./window-state";

const row = (id: number, cells: Row["cells"] = [], tone: Row["tone"] = "ok"): Row => ({
  id,
  cluster: "a",
  name: `r${id}`,
  uid: `u${id}`,
  tone,
  cells,
});
const event = (change: Partial<WindowEvent>): WindowEvent => ({
  sub: "s",
  reset: false,
  version: 2,
  total: 3,
  from: 0,
  asOf: "t",
  ...change,
});
const first = (): WindowState =>
  applyWindow(
    EMPTY_WINDOW,
    event({
      reset: true,
      version: 1,
      order: [1, 2, 3],
      rows: [row(1, ["x", 1]), row(2), row(3)],
      columns: [],
    }),
  ).state;

describe("a window of a list", () => {
  it("starts with a reset and reports no changes for it", () => {
    const { state, changed } = applyWindow(EMPTY_WINDOW, event({ reset: true, order: [1], rows: [row(1)] }));
    expect(rowAt(state, 0)?.name).toBe("r1");
    expect(changed.size).toBe(0);
  });

  it("changes a row where it is and says which cells", () => {
    const before = first();
    const { state, changed } = applyWindow(before, event({ rows: [row(1, ["x", 2], "danger")] }));
    expect(state.order).toBe(before.order);
    expect(rowAt(state, 0)?.cells).toEqual(["x", 2]);
    expect([...changed]).toEqual([[1, [1, -1]]]);
    expect(rowAt(before, 0)?.cells).toEqual(["x", 1]);
  });

  it("does not call equal labels a change", () => {
    const labels = (): Row["cells"] => [[["app", "api"]]];
    const { state } = applyWindow(first(), event({ rows: [row(1, labels())] }));
    expect(applyWindow(state, event({ rows: [row(1, labels())] })).changed.size).toBe(0);
  });

  it("forgets rows that left and keeps what overlaps when it moves", () => {
    const { state } = applyWindow(first(), event({ from: 1, order: [2, 3, 4], rows: [row(4)] }));
    expect([...state.rows.keys()]).toEqual([2, 3, 4]);
    expect(rowAt(state, 0)).toBeUndefined();
    expect(rowAt(state, 3)?.name).toBe("r4");
  });

  it("keeps columns, facets and clusters until they are told anew", () => {
    const facets = [{ filter: "status:failing", label: "failing", count: 1, tone: "danger" as const }];
    const told = applyWindow(first(), event({ facets })).state;
    expect(applyWindow(told, event({})).state.facets).toBe(facets);
  });

  it("keeps the objects of what a reset says again, so that nothing is drawn twice", () => {
    const before = first();
    const again = {
      reset: true,
      from: 1,
      order: [1, 2],
      rows: [row(1, ["x", 1]), row(2, ["new"])],
      columns: [],
    };
    const { state } = applyWindow(before, event(again));
    expect(state.rows.get(1)).toBe(before.rows.get(1));
    expect(state.rows.get(2)).not.toBe(before.rows.get(2));
    expect(state.columns).toBe(before.columns);
  });

  it("takes a row of the same number but another object for a new one", () => {
    const { state, changed } = applyWindow(first(), event({ rows: [{ ...row(1, ["x", 1]), uid: "other" }] }));
    expect(rowAt(state, 0)?.uid).toBe("other");
    expect(changed.size).toBe(0);
  });

  it("drops everything of the question before on a reset", () => {
    const { state } = applyWindow(first(), event({ reset: true, total: 0, order: [], rows: [] }));
    expect(state.rows.size).toBe(0);
    expect(state.total).toBe(0);
  });
});

describe("held changes", () => {
  const moved = (order: number[], total = order.length): WindowState => ({ ...first(), order, total });
  it.each([
    ["nothing", [1, 2, 3], 3, 0],
    ["one arrival", [4, 1, 2], 4, 1],
    ["one departure", [1, 3], 2, 1],
    ["two rows changing places", [2, 1, 3], 3, 2],
  ])("%s", (_what, order, total, count) => expect(heldChanges(first(), moved(order, total))).toBe(count));
});
