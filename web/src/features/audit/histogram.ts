// The chart's arithmetic: heights of bars, ticks of both axes, and the time a brush covers. No drawing here.
import type { AuditBucket, AuditHistogram } from "@/api/contract";

export const SERIES = ["success", "open", "unknown", "failure", "denied"] as const;
export type Series = (typeof SERIES)[number];

export interface BarPart {
  series: Series;
  y: number;
  height: number;
}

export interface Bar {
  index: number;
  x: number;
  width: number;
  total: number;
  parts: BarPart[];
}

export const bucketTotal = (bucket: AuditBucket): number =>
  SERIES.reduce((sum, series) => sum + bucket[series], 0);

/** The smallest round number that is not below `value`: where the axis ends. */
export function niceMax(value: number): number {
  if (value <= 1) return 1;
  const size = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * size).find((step) => step >= value) ?? size * 10;
}

/** What happened once among thousands must still be seen. */
const LEAST_HEIGHT = 2;
const GAP = 1;

function stack(bucket: AuditBucket, max: number, height: number): BarPart[] {
  const parts = SERIES.filter((series) => bucket[series] > 0).map((series) => ({
    series,
    height: Math.max(LEAST_HEIGHT, (bucket[series] / max) * height),
  }));
  // What the smallest were given, the tallest gives back.
  const over = parts.reduce((sum, part) => sum + part.height, 0) - height;
  const tallest = parts.reduce((one, other) => (other.height > one.height ? other : one), { height: 0 });
  if (over > 0) tallest.height -= over;
  let top = height;
  return parts.map(({ series, height: tall }) => {
    top -= tall;
    return { series, y: top, height: tall };
  });
}

/** Bars at their times: the first and the last may be narrower than the others. */
export function layoutBars(
  histogram: AuditHistogram,
  width: number,
  height: number,
): { bars: Bar[]; max: number } {
  const { buckets } = histogram;
  const max = niceMax(Math.max(0, ...buckets.map(bucketTotal)));
  const bars = buckets.map((bucket, index) => {
    const [x, end] = bucketEdges(histogram, index, width);
    return {
      index,
      x,
      width: Math.max(1, end - x - GAP),
      total: bucketTotal(bucket),
      parts: stack(bucket, max, height),
    };
  });
  return { bars, max };
}

export function totals(buckets: readonly AuditBucket[]): Record<Series | "all", number> {
  const sum = (series: Series) => buckets.reduce((all, bucket) => all + bucket[series], 0);
  const [success, open, unknown, failure, denied] = SERIES.map(sum);
  const counts = {
    success: success ?? 0,
    open: open ?? 0,
    unknown: unknown ?? 0,
    failure: failure ?? 0,
    denied: denied ?? 0,
  };
  return { ...counts, all: Object.values(counts).reduce((one, other) => one + other, 0) };
}

/** Start and end of a bucket, in epoch milliseconds. */
export function bucketBounds({ buckets, to }: AuditHistogram, index: number): [number, number] {
  const at = (bucket: AuditBucket | undefined) => (bucket ? Date.parse(bucket.at) : Date.parse(to));
  return [at(buckets[index]), at(buckets[index + 1])];
}

export interface Brush {
  anchor: number;
  head: number;
}

export const brushEdges = ({ anchor, head }: Brush): [number, number] => [
  Math.min(anchor, head),
  Math.max(anchor, head),
];

const instant = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** The time that a brush covers: whole buckets, in whole seconds, never nothing. */
export function brushRange(histogram: AuditHistogram, brush: Brush): { from: string; to: string } {
  const [first, last] = brushEdges(brush);
  const start = Math.floor(bucketBounds(histogram, first)[0] / 1000) * 1000;
  const end = Math.ceil(bucketBounds(histogram, last)[1] / 1000) * 1000;
  return { from: instant(start), to: instant(Math.max(end, start + 1000)) };
}

/** Where a bucket begins and ends in a chart `width` wide. */
export function bucketEdges(histogram: AuditHistogram, index: number, width: number): [number, number] {
  const [from, to] = [Date.parse(histogram.from), Date.parse(histogram.to)];
  const place = (at: number) => (to > from ? ((at - from) / (to - from)) * width : 0);
  const [start, end] = bucketBounds(histogram, index);
  return [place(start), place(end)];
}

/** Which bucket lies at a place `x` of a chart `width` wide. */
export function bucketAt(histogram: AuditHistogram, x: number, width: number): number {
  const found = histogram.buckets.findIndex((_, index) => x < bucketEdges(histogram, index, width)[1]);
  return found < 0 ? Math.max(0, histogram.buckets.length - 1) : found;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1 / 12, 1 / 4, 1 / 2, 1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((days) => days * DAY),
];
/** A label and the space around it, in pixels. */
const LABEL_WIDTH = 88;

export interface Tick {
  x: number;
  label: string;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function tickLabel(local: Date, step: number): string {
  const day = `${MONTHS[local.getUTCMonth()] ?? ""} ${local.getUTCDate()}`;
  if (step >= DAY) return day;
  const clock = local.toISOString().slice(11, step < MINUTE ? 19 : 16);
  return local.getUTCHours() === 0 && local.getUTCMinutes() === 0 && local.getUTCSeconds() === 0
    ? day
    : clock;
}

/** Labels of the time axis at round times of a clock that is `offset` milliseconds ahead of UTC. */
export function timeTicks(from: number, to: number, width: number, offset = 0): Tick[] {
  const span = to - from;
  if (span <= 0 || width <= 0) return [];
  const step = STEPS.find((each) => (each / span) * width >= LABEL_WIDTH) ?? STEPS[STEPS.length - 1] ?? DAY;
  const ticks: Tick[] = [];
  for (let at = Math.ceil((from + offset) / step) * step; at <= to + offset; at += step) {
    const x = ((at - offset - from) / span) * width;
    // A label that would be cut is left out.
    if (x >= 16 && x <= width - 16) ticks.push({ x, label: tickLabel(new Date(at), step) });
  }
  return ticks;
}
