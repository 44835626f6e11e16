import { expect, it } from "vitest";
import { scopeWords } from "./scope";

const part = (cluster: string, clusterWide: boolean, namespaces: string[] = []) => ({
  cluster,
  state: { phase: "live" as const, since: "" },
  scope: { clusterWide, namespaces },
  gaps: [],
});

it("says what an answer covers", () => {
  expect(scopeWords([part("a", true)], [])).toBe("all namespaces");
  expect(scopeWords([part("a", true), part("b", true)], [])).toBe("all namespaces of 2 clusters");
  expect(scopeWords([part("a", true)], ["x"])).toBe("namespace x");
  expect(scopeWords([part("a", false, ["payments", "search"])], [])).toBe(
    "the 2 namespaces you may see: payments, search",
  );
  expect(scopeWords([part("a", true)], ["a", "b", "c", "d", "e"])).toBe("namespaces a, b, c and 2 more");
});
