import { describe, expect, it } from "vitest";
import type { AuditBucket, AuditHistogram } from "@/api/contract";
import { brushRange, bucketAt, layoutBars, niceMax, SERIES, timeTicks, totals } from "./histogram";

const START = Date.parse("2026-11-26T12:00:00Z");
const bucket = (minute: number, counts: Partial<AuditBucket> = {}): AuditBucket => ({
  at: new Date(START + minute * 60_000).toISOString(),
  success: 0,
  failure: 0,
  denied: 0,
  unknown: 0,
  open: 0,
  ...counts,
});
const histogram: AuditHistogram = {
  from: "2026-11-26T12:00:00Z",
  to: "2026-11-26T12:04:00Z",
  scope: "all",
  buckets: [
    bucket(0, { success: 1000 }),
    bucket(1, { success: 999, denied: 1 }),
    bucket(2),
    bucket(3, { failure: 2, open: 1 }),
  ],
};

describe("bars", () => {
  const { bars, max } = layoutBars(histogram, 400, 100);
  it("stand on the axis, stacked without holes", () => {
    for (const { parts } of bars) {
      let bottom = 100;
      for (const { y, height } of parts) {
        expect(y + height).toBeCloseTo(bottom, 6);
        bottom = y;
      }
      expect(parts.map(({ series }) => SERIES.indexOf(series))).toEqual(
        [...parts.map(({ series }) => SERIES.indexOf(series))].sort(),
      );
    }
  });
  it("show one denial among a thousand", () =>
    expect(bars[1]?.parts.find(({ series }) => series === "denied")?.height).toBeGreaterThanOrEqual(2));
  it("stay inside the chart", () => {
    expect(max).toBe(1000);
    for (const { x, width } of bars) expect(x + width).toBeLessThanOrEqual(400);
    for (const part of bars.flatMap(({ parts }) => parts)) expect(part.y).toBeGreaterThan(-1e-9);
  });
  it("are as wide as the time they cover", () => {
    const late = { ...histogram, to: "2026-11-26T12:03:30Z" };
    const widths = layoutBars(late, 350, 100).bars.map(({ width }) => width);
    expect(widths.map((each) => Math.round(each) + 1)).toEqual([100, 100, 100, 50]);
  });
  it("of nothing are nothing", () =>
    expect(layoutBars({ ...histogram, buckets: [] }, 400, 100)).toEqual({ bars: [], max: 1 }));
});

it.each([
  [0, 1],
  [1, 1],
  [3, 3],
  [7, 8],
  [10, 10],
  [11, 20],
  [51, 60],
  [999, 1000],
])("an axis for %d ends at %d", (value, max) => expect(niceMax(value)).toBe(max));

it("counts each way to end", () =>
  expect(totals(histogram.buckets)).toEqual({
    all: 2003,
    success: 1999,
    denied: 1,
    failure: 2,
    open: 1,
    unknown: 0,
  }));

describe("the brush", () => {
  it("covers whole buckets, whichever way it is drawn", () => {
    const range = { from: "2026-11-26T12:01:00Z", to: "2026-11-26T12:03:00Z" };
    expect(brushRange(histogram, { anchor: 1, head: 2 })).toEqual(range);
    expect(brushRange(histogram, { anchor: 2, head: 1 })).toEqual(range);
  });
  it("ends where the chart ends", () =>
    expect(brushRange(histogram, { anchor: 3, head: 3 }).to).toBe("2026-11-26T12:04:00Z"));
  it("never covers nothing", () => {
    const narrow = { ...histogram, to: histogram.from, buckets: [bucket(0)] };
    const { from, to } = brushRange(narrow, { anchor: 0, head: 0 });
    expect(Date.parse(to) - Date.parse(from)).toBe(1000);
  });
  it("finds the bucket under a pointer, also outside", () =>
    expect([-5, 0, 99, 100, 399, 400, 900].map((x) => bucketAt(histogram, x, 400))).toEqual([
      0, 0, 0, 1, 3, 3, 3,
    ]));
});

describe("the time axis", () => {
  const labels = (hours: number, width: number, offset = 0) =>
    timeTicks(START, START + hours * 3_600_000, width, offset).map(({ label }) => label);
  it("has round times with room for each", () => {
    expect(labels(1, 600)).toEqual(["12:10", "12:20", "12:30", "12:40", "12:50"]);
    expect(labels(1, 300)).toEqual(["12:30"]);
    expect(labels(24, 800)).toEqual(["15:00", "18:00", "21:00", "Nov 27", "03:00", "06:00", "09:00"]);
  });
  it("has days for weeks, at midnight where the reader is", () => {
    const ticks = timeTicks(START, START + 7 * 86_400_000, 800, 3_600_000);
    expect(ticks[0]?.label).toBe("Nov 27");
    expect(ticks[0]?.x).toBeCloseTo((11 / 168) * 800, 6);
  });
});
