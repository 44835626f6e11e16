const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

const SUFFIXES: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number behind a Kubernetes quantity (`250m` → 0.25, `512Mi` → 536870912), or null. */
export function parseQuantity(text: string | number | null | undefined): number | null {
  if (typeof text === "number") return text;
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)$/.exec(text ?? "");
  const factor = match && SUFFIXES[match[2] ?? ""];
  const value = Number(match?.[1]);
  return factor === undefined || factor === null || !Number.isFinite(value) ? null : value * factor;
}

function short(value: number): string {
  return value >= 100 || Number.isInteger(value)
    ? String(Math.round(value))
    : value.toFixed(1).replace(/\.0$/, "");
}

/** Bytes in the unit people think in: `511 MiB`, `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1024 && unit < BINARY.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${bytes < 0 ? "-" : ""}${short(value)} ${BINARY[unit] ?? ""}`;
}

/** Millicores: `84 m` below ten cores, then cores. */
export function formatCpu(millicores: number): string {
  const value = Math.round(millicores * 10) / 10;
  if (Math.abs(value) < 10_000) return `${value < 10 ? value : Math.round(value)} m`;
  return `${short(value / 1000)} cores`;
}

/** `30 214`: thousands apart by a thin no-break space. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** `1.5k`: for where there is no room for the whole number. */
export function formatCountShort(count: number): string {
  if (count < 1000) return String(count);
  if (count < 10_000) return `${(Math.floor(count / 100) / 10).toString()}k`;
  if (count < 1_000_000) return `${Math.floor(count / 1000)}k`;
  return `${(Math.floor(count / 100_000) / 10).toString()}M`;
}

/** A share as `92 %`; a part of nothing is unknown, not zero. */
export function formatPercent(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((part / whole) * 100)} %` : "–";
}

/** `1 pod`, `2 pods`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
