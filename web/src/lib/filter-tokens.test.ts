import { describe, expect, it } from "vitest";
import { filterTerms, filterTokens, hasTerm, toggleTerm } from "./filter-tokens";

const parts = (filter: string) => filterTokens(filter).map(({ part, text }) => `${part}:${text}`);

describe("the pieces of a filter", () => {
  it("tells keys, values, negation, quotes and patterns apart", () => {
    expect(parts('node:ip-10 !kube "a b" /x.y/ -status:failing')).toEqual([
      "key:node:",
      "value:ip-10",
      "blank: ",
      "negation:!",
      "text:kube",
      "blank: ",
      'quoted:"a b"',
      "blank: ",
      "regex:/x.y/",
      "blank: ",
      "negation:-",
      "key:status:",
      "value:failing",
    ]);
  });
  it.each(["", "!", '"open', "/open", "key:", 'a:"b c', "::", "a/b", "☃ x"])(
    "loses nothing of %s",
    (filter) => {
      expect(
        filterTokens(filter)
          .map(({ text }) => text)
          .join(""),
      ).toBe(filter);
    },
  );
});

describe("chips", () => {
  it("adds and takes away", () => {
    expect(toggleTerm("api", "status:failing")).toBe("api status:failing");
    expect(toggleTerm("api status:failing", "status:failing")).toBe("api");
  });
  it("replaces one of the same key", () =>
    expect(toggleTerm("status:failing api", "status:pending")).toBe("api status:pending"));
  it("keeps quoted blanks together", () =>
    expect(filterTerms('label:"a b" c')).toEqual(['label:"a b"', "c"]));
  it("knows only whole terms", () => expect(hasTerm("status:failing,pending", "status:failing")).toBe(false));
});
