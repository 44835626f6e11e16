import { describe, expect, it } from "vitest";
import { Layout, ROW, shownLength } from "./layout";
import type { LogLine } from "./lines";

const line = (id: number, raw = "x"): LogLine => ({ id, source: "a/b", time: "", raw });
const lines = Array.from({ length: 10 }, (_, at) => line(at));

describe("where lines stand", () => {
  it("is arithmetic while all are alike", () => {
    const layout = new Layout();
    layout.update(lines, null);
    expect([layout.height, layout.topOf(3), layout.indexAt(3 * ROW), layout.indexAt(3 * ROW - 1)]).toEqual([
      10 * ROW,
      3 * ROW,
      3,
      2,
    ]);
    expect([layout.indexAt(-5), layout.indexAt(1e9), layout.topOf(99)]).toEqual([0, 9, 10 * ROW]);
  });
  it("adds up heights that differ", () => {
    const layout = new Layout();
    layout.update(lines, ({ id }) => (id === 4 ? 100 : 10));
    expect([layout.height, layout.topOf(4), layout.topOf(5)]).toEqual([190, 40, 140]);
    for (let y = 0; y < layout.height; y += 1) {
      const at = layout.indexAt(y);
      expect(layout.topOf(at) <= y && y < layout.topOf(at + 1)).toBe(true);
    }
  });
  it("forgets lines that went", () => {
    const layout = new Layout();
    layout.update(lines, () => 10);
    layout.update(lines.slice(8), () => 10);
    expect([layout.height, layout.indexAt(1e9)]).toEqual([20, 1]);
    layout.update([], () => 10);
    expect([layout.height, layout.indexAt(0)]).toEqual([0, 0]);
  });
});

describe("the length of a line", () => {
  const shape = { wrap: true, fields: true, columns: 80 };
  it("is without escape sequences, and has an end", () => {
    expect(shownLength(line(1, "\u001b[31mabc\u001b[0m"), shape, 100)).toBe(3);
    expect(shownLength(line(1, "a".repeat(5_000)), shape, 100)).toBe(112);
  });
  it("of JSON is that of its fields", () =>
    expect(shownLength(line(1, '{"msg":"hello","a":1}'), shape, 100)).toBe(5 + 4));
});
