import { describe, expect, it } from "vitest";
import { epochSeconds, formatAbsolute, formatAge, formatDuration } from "./age";

describe("durations", () => {
  it.each([
    [0, "0s"],
    [-5, "0s"],
    [12.9, "12s"],
    [61, "1m1s"],
    [299, "4m59s"],
    [300, "5m"],
    [3_600, "1h"],
    [4 * 3_600 + 720, "4h12m"],
    [23 * 3_600, "23h"],
    [43 * 86_400, "43d"],
    [400 * 86_400, "1y35d"],
    [5 * 365 * 86_400, "5y"],
  ])("%d s is %s", (seconds, words) => expect(formatDuration(seconds)).toBe(words));
});

describe("times", () => {
  it("reads RFC 3339 and epoch seconds alike", () => {
    expect(epochSeconds("1970-01-01T00:01:00Z")).toBe(60);
    expect(epochSeconds(60)).toBe(60);
    expect(epochSeconds("nonsense")).toBeNull();
    expect(epochSeconds(null)).toBeNull();
  });
  it("has no age without a time", () => expect(formatAge(undefined, 100)).toBe("–"));
  it("never says a negative age when clocks differ", () => expect(formatAge(200, 100)).toBe("0s"));
  it("writes UTC with its letter", () => expect(formatAbsolute(0, true)).toBe("1970-01-01 00:00:00Z"));
});
