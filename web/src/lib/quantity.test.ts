import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatCount,
  formatCountShort,
  formatCpu,
  formatPercent,
  parseQuantity,
  plural,
} from "./quantity";

describe("quantities of Kubernetes", () => {
  it.each([
    ["250m", 0.25],
    ["2", 2],
    ["512Mi", 512 * 2 ** 20],
    ["1e3", 1000],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["100k", 100_000],
    [3, 3],
  ])("%s is %d", (text, value) => expect(parseQuantity(text)).toBeCloseTo(value, 9));
  it.each(["", "abc", "5Q", "1.2.3", null, undefined])("%s is none", (text) =>
    expect(parseQuantity(text)).toBeNull(),
  );
});

describe("figures", () => {
  it("writes bytes in the unit people think in", () => {
    expect(formatBytes(0)).toBe("0 B");
    expect(formatBytes(511 * 2 ** 20)).toBe("511 MiB");
    expect(formatBytes(1.5 * 2 ** 30)).toBe("1.5 GiB");
    expect(formatBytes(2 ** 30)).toBe("1 GiB");
  });
  it("writes CPU in millicores until there are many", () => {
    expect(formatCpu(84)).toBe("84 m");
    expect(formatCpu(0.42)).toBe("0.4 m");
    expect(formatCpu(240_000)).toBe("240 cores");
  });
  it("sets thousands apart", () => {
    expect(formatCount(30214)).toBe("30\u202f214");
    expect(formatCount(999)).toBe("999");
    expect(formatCountShort(1514)).toBe("1.5k");
    expect(formatCountShort(30214)).toBe("30k");
  });
  it("calls a part of nothing unknown", () => expect(formatPercent(0, 0)).toBe("–"));
  it("counts in the right number", () => {
    expect(plural(1, "pod")).toBe("1 pod");
    expect(plural(0, "policy", "policies")).toBe("0 policies");
  });
});
