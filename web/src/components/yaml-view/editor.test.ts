import { describe, expect, it } from "vitest";
import { smallestChange } from "./editor";

const apply = (text: string, change: ReturnType<typeof smallestChange>) =>
  change ? text.slice(0, change.from) + change.insert + text.slice(change.to) : text;

describe("smallest change", () => {
  it("is nothing for equal texts", () => {
    expect(smallestChange("a: 1\n", "a: 1\n")).toBeNull();
  });
  it("touches only what differs, so that folds and scroll stay", () => {
    expect(smallestChange("a: 1\nb: 2\nc: 3\n", "a: 1\nb: 20\nc: 3\n")).toEqual({
      from: 9,
      to: 9,
      insert: "0",
    });
  });
  it("survives repeated and empty texts", () => {
    for (const [before, after] of [
      ["aaa", "aa"],
      ["aa", "aaaa"],
      ["", "x"],
      ["x", ""],
      ["abab", "ab"],
    ] as const) {
      expect(apply(before, smallestChange(before, after))).toBe(after);
    }
  });
});
