import { describe, expect, it } from "vitest";
import { csvField, initials, shellQuote, toCsv, truncateMiddle, formatAccount, findName } from "./text";

describe("names", () => {
  it("keeps both ends of what is too long", () => {
    expect(truncateMiddle("checkout-c6abf4a07c-vkhkt", 13)).toBe("checko…-vkhkt");
    expect(truncateMiddle("short", 13)).toBe("short");
    expect(truncateMiddle("anything", 1)).toBe("…");
  });
  it("makes two letters", () => {
    expect(initials("prod-eu")).toBe("PE");
    expect(initials("staging")).toBe("ST");
    expect(initials("---")).toBe("?");
  });
  it("groups account ids", () => expect(formatAccount("111122223333")).toBe("1111 2222 3333"));
});

describe("shell words", () => {
  it.each([
    ["pods", "pods"],
    ["alice@corp", "alice@corp"],
    ["a b", "'a b'"],
    ["it's", `'it'\\''s'`],
    ["$(rm -rf /)", "'$(rm -rf /)'"],
    ["", "''"],
  ])("%s", (word, quoted) => expect(shellQuote(word)).toBe(quoted));
});

describe("CSV", () => {
  it("quotes what needs quoting", () => expect(csvField('a "b", c')).toBe('"a ""b"", c"'));
  it.each(["=1+1", "+cmd", "-2", "@sum", "\tx"])("%s is no formula", (value) =>
    expect(csvField(value).replace(/^"/, "")).toMatch(/^'/),
  );
  it("ends every row", () =>
    expect(
      toCsv([
        ["a", "b"],
        ["1", "2"],
      ]),
    ).toBe("a,b\r\n1,2\r\n"));
});

it.each([
  ["the budget api allows none", "api", 11],
  ["the budget api-gateway, then api", "api", 29],
  ["see api.", "api", 4],
  ["see api.example, my-api and apis", "api", -1],
  ["nothing of it", "api", -1],
])("finds a name in %s", (text, name, at) => expect(findName(text, name)).toBe(at));
