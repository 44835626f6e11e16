import { expect, it } from "vitest";
import { diffCounts, parseUnifiedDiff } from "./unified-diff";

const DIFF = [
  "--- before",
  "+++ after",
  "@@ -1,3 +1,3 @@",
  " a: 1",
  "--- b",
  "+++ c",
  "\\ No newline",
  "",
].join("\n");

it("tells lines apart, and a removed line of dashes from a file header", () => {
  expect(parseUnifiedDiff(DIFF)).toEqual([
    { kind: "hunk", text: "@@ -1,3 +1,3 @@" },
    { kind: "context", text: "a: 1" },
    { kind: "removed", text: "-- b" },
    { kind: "added", text: "++ c" },
  ]);
});

it("counts what comes and goes", () =>
  expect(diffCounts(parseUnifiedDiff(DIFF))).toEqual({ added: 1, removed: 1 }));

it("has no lines where nothing differs", () => expect(parseUnifiedDiff("")).toEqual([]));
