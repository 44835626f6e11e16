// What the record says about a span of time, in one sentence.
import type { AuditStatus } from "@/api/contract";
import type { TimeRange } from "@/lib/record-place";
import { formatAbsolute, formatDuration } from "@/lib/age";
import { formatCount, plural } from "@/lib/quantity";
import type { ToneName } from "@/ui/tone-mark";
import type { Series } from "./histogram";

export interface RecordVerdict {
  tone: ToneName;
  title: string;
}

/** The worst first; an act whose end nobody knows is never counted as done. */
export function recordVerdict(counts: Record<Series | "all", number>): RecordVerdict {
  const { all, failure, denied, unknown, open } = counts;
  if (all === 0) return { tone: "neutral", title: "No acts" };
  const told = [
    failure > 0 && `${formatCount(failure)} failed`,
    denied > 0 && `${formatCount(denied)} denied`,
    unknown > 0 && `${formatCount(unknown)} with an unknown end`,
    open > 0 && `${formatCount(open)} still open`,
  ].filter((part) => part !== false);
  const acts = plural(all, "act");
  const tone = failure > 0 ? "danger" : denied > 0 || unknown > 0 ? "warning" : open > 0 ? "notice" : "ok";
  if (told.length === 0) return { tone, title: `${acts}, none denied or failed` };
  return { tone, title: `${acts}: ${told.join(", ")}` };
}

const SPAN_WORDS: Record<string, string> = {
  "15m": "the last 15 minutes",
  "1h": "the last hour",
  "6h": "the last 6 hours",
  "24h": "the last 24 hours",
  "7d": "the last 7 days",
  "30d": "the last 30 days",
  all: "everything that is kept",
};

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Nov 26 13:42`, seconds only where they say something. */
function shortTime(at: string | number, utc: boolean): string {
  const text = formatAbsolute(at, utc);
  const clock = text.slice(11, text.slice(17, 19) === "00" ? 16 : 19);
  return `${MONTHS[Number(text.slice(5, 7)) - 1] ?? ""} ${Number(text.slice(8, 10))} ${clock}${utc ? "Z" : ""}`;
}

export function rangeWords(range: TimeRange, utc: boolean): string {
  if ("span" in range) return SPAN_WORDS[range.span] ?? range.span;
  return betweenWords(range.from, range.to, utc);
}

/** `Nov 26 13:15 to 13:30`: the day once where it is one. */
export function betweenWords(start: string | number, end: string | number, utc: boolean): string {
  const [from, to] = [shortTime(start, utc), shortTime(end, utc)];
  const day = from.split(" ").slice(0, 2).join(" ");
  return to.startsWith(`${day} `) ? `${from} to ${to.slice(day.length + 1)}` : `${from} to ${to}`;
}

/** Whose rows are shown, and why not all. */
export const scopeWords = (scope: "all" | "own"): string =>
  scope === "all" ? "acts of everybody" : "your own acts only: audit admins see all";

/** How far back the record reaches. */
export function reachWords({ firstAt }: AuditStatus, nowSeconds: number, utc: boolean): string {
  if (!firstAt) return "";
  const age = formatDuration(nowSeconds - Date.parse(firstAt) / 1000);
  return `the record reaches back to ${shortTime(firstAt, utc)}, ${age} ago`;
}
