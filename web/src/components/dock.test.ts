import { describe, expect, it } from "vitest";
import { dockKey, MOST_TABS, withoutTab, withTab, type DockState, type DockWish } from "./dock";

const logs = (name: string, previous = false): DockWish => ({
  kind: "logs",
  object: { cluster: "a", kind: "pods", namespace: "shop", name },
  previous,
});
const EMPTY: DockState = { tabs: [], active: null, collapsed: true, opened: 0 };
const opened = (...names: string[]) => names.reduce((state, name) => withTab(state, logs(name)), EMPTY);
const names = (state: DockState) => state.tabs.map(({ key }) => key.split("/").at(-1));

describe("the dock", () => {
  it("shows what was opened last, and unfolds for it", () =>
    expect(opened("x", "y")).toMatchObject({ active: dockKey(logs("y")), collapsed: false, opened: 2 }));
  it("opens nothing twice, and takes the newer wish", () => {
    const state = withTab(opened("x", "y"), logs("x", true));
    expect(names(state)).toEqual(["x", "y"]);
    expect(state.active).toBe(dockKey(logs("x")));
    expect(state.tabs[0]?.wish).toMatchObject({ previous: true });
  });
  it("goes on with the neighbour when a tab is closed", () => {
    const state = withTab(opened("x", "y", "z"), logs("y"));
    expect(withoutTab(state, dockKey(logs("y"))).active).toBe(dockKey(logs("z")));
    expect(withoutTab(opened("x", "y"), dockKey(logs("y"))).active).toBe(dockKey(logs("x")));
    expect(withoutTab(opened("x"), dockKey(logs("x"))).active).toBeNull();
  });
  it("leaves the active tab alone when another is closed", () =>
    expect(withoutTab(opened("x", "y"), dockKey(logs("x"))).active).toBe(dockKey(logs("y"))));
  it("is bounded", () => {
    const state = opened(...Array.from({ length: MOST_TABS + 2 }, (_, at) => `p${at}`));
    expect(state.tabs).toHaveLength(MOST_TABS);
    expect(names(state)[0]).toBe("p2");
  });
});
