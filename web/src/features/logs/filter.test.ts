import { describe, expect, it } from "vitest";
import { createFilter, isExplosive, NO_FILTER } from "./filter";
import type { LogLine } from "./lines";

const line = (raw: string): LogLine => ({ id: 1, source: "a/b", time: "", raw });
const text = (wish: string) => createFilter({ ...NO_FILTER, text: wish });
const regex = (wish: string) => createFilter({ ...NO_FILTER, text: wish, regex: true });

describe("a filter of lines", () => {
  it("shows everything when there is none", () => expect(text("").test).toBeNull());
  it("takes text as it is written", () => {
    for (const sign of ["a.b", "[x]", "$1", "(", "\\", "a-b", "?*+", "{2}", "^|/"]) {
      const filter = text(sign);
      expect(filter.problem).toBeNull();
      expect(filter.test?.(line(`1 ${sign} 2`))).toBe(true);
      expect(filter.test?.(line("1 a_b 2"))).toBe(false);
      expect(filter.ranges(`1 ${sign}`)).toEqual([[2, 2 + sign.length]]);
    }
  });
  it("minds capitals only when there are some", () => {
    expect(text("error").test?.(line("ERROR"))).toBe(true);
    expect(text("Error").test?.(line("ERROR"))).toBe(false);
    expect(regex("\\Serror").test?.(line("xERROR"))).toBe(true);
  });
  it("looks through escape sequences", () =>
    expect(text("failed").test?.(line("fai\u001b[31mled"))).toBe(true));
  it("understands expressions", () => {
    expect(regex("status=[45]\\d\\d").test?.(line("status=503"))).toBe(true);
    expect(regex("a|b").ranges("xaxb")).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(regex("x*").ranges("aaa")).toEqual([]);
  });
  it("tells what is wrong with an expression, and shows everything meanwhile", () => {
    const filter = regex("(a");
    expect(filter.problem).toMatch(/group/i);
    expect(filter.test).toBeNull();
  });
  it("can be turned round, and then marks nothing", () => {
    const filter = createFilter({ text: "health", regex: false, invert: true });
    expect([filter.test?.(line("GET /healthz")), filter.test?.(line("GET /"))]).toEqual([false, true]);
    expect(filter.ranges("health")).toEqual([]);
  });
  it("is the same however often it is asked", () => {
    const filter = regex("a");
    expect([1, 2, 3].map(() => filter.test?.(line("aa")))).toEqual([true, true, true]);
  });
});

describe("an expression that may take for ever", () => {
  it.each(["(a+)+$", "(a*)*", "(a|a)*", "((a+)b)+", "(?:x+x+)+y", "(a{1,9})+", ".*.*.*.*.*.*.*x"])(
    "%s is refused",
    (pattern) => {
      expect(isExplosive(pattern)).toBe(true);
      expect(regex(pattern).problem).not.toBeNull();
    },
  );
  it.each([
    "a+b*",
    "(abc)+",
    "(GET|POST) /v1",
    "\\(a+\\)+",
    "[(+]+",
    "user=\\w+ .*failed",
    "(?:\\d{3})-\\d+",
    "(a+)b",
  ])("%s is not", (pattern) => expect(isExplosive(pattern)).toBe(false));
});
