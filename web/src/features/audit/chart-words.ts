import type { AuditHistogram } from "@/api/contract";
import { plural } from "@/lib/quantity";
import { bucketBounds, totals, type Series } from "./histogram";
import { betweenWords } from "./verdict";

/** How far the reader's clock is ahead of UTC, in milliseconds. */
export const clockOffset = (at: number, utc: boolean): number =>
  utc ? 0 : -new Date(at).getTimezoneOffset() * 60_000;

/** The time that buckets cover: `Nov 26 13:15 to 13:30`. */
export function edgesWords(histogram: AuditHistogram, [first, last]: [number, number], utc: boolean): string {
  const [start, end] = [bucketBounds(histogram, first)[0], bucketBounds(histogram, last)[1]];
  return betweenWords(start / 1000, end / 1000, utc);
}

const ORDER: Series[] = ["denied", "failure", "unknown", "open", "success"];

/** What is worth a line of its own, the worst first. */
export function countLines(histogram: AuditHistogram, [first, last]: [number, number]): [Series, number][] {
  const counts = totals(histogram.buckets.slice(first, last + 1));
  return ORDER.filter((series) => counts[series] > 0).map((series) => [series, counts[series]]);
}

export function spanWords(histogram: AuditHistogram, edges: [number, number], utc: boolean): string {
  const lines = countLines(histogram, edges).map(([series, count]) => `${count} ${series}`);
  const all = totals(histogram.buckets.slice(edges[0], edges[1] + 1)).all;
  return `${edgesWords(histogram, edges, utc)}: ${all === 0 ? "no acts" : `${plural(all, "act")}, ${lines.join(", ")}`}`;
}

export const bucketWords = (histogram: AuditHistogram, index: number, utc: boolean): string =>
  spanWords(histogram, [index, index], utc);
