import { describe, expect, it } from "vitest";
import { FIELDS, parseFilter, setTerm } from "./record-filter";

describe("the record's filter", () => {
  it("asks for every field by its parameter", () => {
    for (const [key, { parameter, values }] of Object.entries(FIELDS)) {
      const value = values?.[0] ?? "x";
      expect(parseFilter(`${key}:${value}`)).toEqual({
        parameters: { [parameter]: [value] },
        problem: null,
      });
    }
  });
  it("takes several values where one is enough, and words as text", () =>
    expect(parseFilter('verb:scale,restart verb:delete user:bob@corp rolled "back again"')).toEqual({
      parameters: { verb: ["scale", "restart", "delete"], user: ["bob@corp"], text: "rolled back again" },
      problem: null,
    }));
  it("keeps what is quoted together", () =>
    expect(parseFilter('group:"on call, nights"').parameters).toEqual({ group: ["on call, nights"] }));
  it.each([
    ["usr:bob", "there is no field usr", [0, 7]],
    ["kind:pods kind:nodes", "kind: takes one value", [10, 20]],
    ["kind:pods,nodes", "kind: takes one value", [0, 15]],
    ["outcome:ok", "outcome: is one of success, failure, denied, unknown, not ok", [0, 10]],
    ["a !user:bob", "leave out the !", [2, 11]],
    ["name:", "name: says no value", [0, 5]],
  ])("says what is wrong with %s, and where", (filter, detail, at) => {
    const { problem } = parseFilter(filter);
    expect(problem?.detail).toContain(detail);
    expect(problem?.at).toEqual(at);
    expect(problem?.code).toBe("filter_invalid");
  });
  it("still asks for what parses", () =>
    expect(parseFilter("usr:x user:bob").parameters).toEqual({ user: ["bob"] }));
});

describe("a chip of the filter", () => {
  it("replaces others of its field", () =>
    expect(setTerm("outcome:denied user:bob", "outcome", "outcome:failure")).toBe(
      "user:bob outcome:failure",
    ));
  it("goes away when pressed again", () =>
    expect(setTerm("outcome:denied user:bob", "outcome", "outcome:denied")).toBe("user:bob"));
});
