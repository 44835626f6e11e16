const UNITS: [number, string][] = [
  [365 * 86_400, "y"],
  [86_400, "d"],
  [3_600, "h"],
  [60, "m"],
  [1, "s"],
];

/** A duration in seconds as kubectl says it: `43d`, `4h12m`, `19m`, `12s`. */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  if (total === 0) return "0s";
  const at = UNITS.findIndex(([size]) => total >= size);
  const [size, unit] = UNITS[at] ?? [1, "s"];
  const whole = Math.floor(total / size);
  const next = UNITS[at + 1];
  const detailed = (unit === "h" && whole < 10) || (unit === "m" && whole < 5) || (unit === "y" && whole < 3);
  if (!next || !detailed) return `${whole}${unit}`;
  const rest = Math.floor((total % size) / next[0]);
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${next[1]}`;
}

/** Epoch seconds of an RFC 3339 time or of a number that is epoch seconds already. */
export function epochSeconds(at: string | number | null | undefined): number | null {
  if (at === null || at === undefined || at === "") return null;
  const value = typeof at === "number" ? at : Date.parse(at) / 1000;
  return Number.isFinite(value) ? value : null;
}

/** The age of `at` seen from `nowSeconds`, or a dash when there is no time. */
export function formatAge(at: string | number | null | undefined, nowSeconds: number): string {
  const from = epochSeconds(at);
  return from === null ? "–" : formatDuration(nowSeconds - from);
}

/** `2026-11-24 09:13:02` in local time, or in UTC with a `Z`. */
export function formatAbsolute(at: string | number | null | undefined, utc = false): string {
  const from = epochSeconds(at);
  if (from === null) return "–";
  const date = new Date(from * 1000);
  const shifted = utc ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19).replace("T", " ") + (utc ? "Z" : "");
}

/** `13:42:07`, local time. */
export function formatClock(at: string | number | null | undefined): string {
  return formatAbsolute(at).slice(11) || "–";
}
