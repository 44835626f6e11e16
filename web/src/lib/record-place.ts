// The address of the record: which acts are shown, over which time, and which one is open.

/** Spans that end now, in seconds; `all` is everything that is kept. */
export const SPANS = {
  "15m": 900,
  "1h": 3_600,
  "6h": 21_600,
  "24h": 86_400,
  "7d": 604_800,
  "30d": 2_592_000,
  all: null,
} as const;
export type Span = keyof typeof SPANS;
export const USUAL_SPAN: Span = "24h";

/** A span that moves with the clock, or two instants. */
export type TimeRange = { span: Span } | { from: string; to: string };

export interface RowRef {
  chain: string;
  sequence: number;
}

export interface RecordState {
  filter: string;
  range: TimeRange;
  open: RowRef | null;
  /** The figures of the chart as a table. */
  table: boolean;
}

const isSpan = (text: string): text is Span => Object.hasOwn(SPANS, text);

/** An instant in RFC 3339 without fractions, or null for anything that is no time. */
function instant(text: string | null): string | null {
  const at = Date.parse(text ?? "");
  return Number.isFinite(at) ? `${new Date(at).toISOString().slice(0, 19)}Z` : null;
}

function parseRange(query: URLSearchParams): TimeRange {
  const [from, to] = [instant(query.get("from")), instant(query.get("to"))];
  if (from && to && from < to) return { from, to };
  const span = query.get("range") ?? "";
  return { span: isSpan(span) ? span : USUAL_SPAN };
}

function parseOpen(text: string): RowRef | null {
  const [, chain, sequence] = /^([A-Za-z0-9][A-Za-z0-9_.-]*)\/(\d{1,15})$/.exec(text) ?? [];
  return chain && sequence ? { chain, sequence: Number(sequence) } : null;
}

export function parseRecordState(search: string): RecordState {
  const query = new URLSearchParams(search);
  return {
    filter: query.get("filter") ?? "",
    range: parseRange(query),
    open: parseOpen(query.get("open") ?? ""),
    table: query.get("view") === "table",
  };
}

const write = (text: string) =>
  encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%40", "@").replaceAll("%2F", "/");

export function formatRecordState({ filter, range, open, table }: Partial<RecordState>): string {
  const parts: string[] = [];
  if (filter) parts.push(`filter=${write(filter)}`);
  if (range && "span" in range && range.span !== USUAL_SPAN) parts.push(`range=${range.span}`);
  if (range && "from" in range) parts.push(`from=${write(range.from)}`, `to=${write(range.to)}`);
  if (open) parts.push(`open=${write(open.chain)}/${open.sequence}`);
  if (table) parts.push("view=table");
  return parts.join("&");
}

/** The record, narrowed to what one wants to know of it. */
export function recordHref(state: Partial<RecordState> = {}): string {
  const query = formatRecordState(state);
  return query ? `/audit?${query}` : "/audit";
}

/** One term of the record's filter; quoted where it would fall apart. */
export function recordTerm(key: string, value: string): string {
  return /^[^\s",]+$/.test(value) ? `${key}:${value}` : `${key}:"${value.replaceAll('"', "")}"`;
}

/** Everything that was done to one object. */
export function objectRecordHref(object: {
  cluster: string;
  kind: string;
  namespace?: string | null;
  name: string;
}): string {
  const { cluster, kind, namespace, name } = object;
  const terms = [
    recordTerm("cluster", cluster),
    recordTerm("kind", kind),
    ...(namespace ? [recordTerm("namespace", namespace)] : []),
    recordTerm("name", name),
  ];
  return recordHref({ filter: terms.join(" "), range: { span: "all" } });
}

/** Everything that one request did, object by object; a run has the id of its request. */
export const requestRecordHref = (id: string): string =>
  recordHref({ filter: recordTerm("request", id), range: { span: "all" } });

/** What one person changed. */
export const changesRecordHref = (subject: string): string =>
  recordHref({ filter: `${recordTerm("class", "change")} ${recordTerm("subject", subject)}` });

/** What the address asks of the server: a span becomes the instant at which it starts. */
export function rangeBounds(range: TimeRange, nowMs: number): { from?: string; to?: string } {
  if ("from" in range) return range;
  const seconds = SPANS[range.span];
  return seconds === null ? {} : { from: `${new Date(nowMs - seconds * 1000).toISOString().slice(0, 19)}Z` };
}
