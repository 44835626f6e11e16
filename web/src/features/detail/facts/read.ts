// Reading objects whose shape nobody promises: every reader answers for whatever stands there.

export type Rec = Record<string, unknown>;

export const rec = (value: unknown): Rec =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Rec) : {};

export const recs = (value: unknown): Rec[] => (Array.isArray(value) ? value.map(rec) : []);

/** The value at a path of keys. */
export const dig = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, key) => rec(inner)[key], value);

/** Text, also of a number or a boolean; undefined for everything else and for "". */
export function str(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

export const text = (value: unknown, otherwise = ""): string => str(value) ?? otherwise;

export const num = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

export const count = (value: unknown): number => num(value) ?? 0;

/** A list of texts; "" stays, for it has a meaning of its own: the core API group. */
export const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap((each) => (each === "" ? "" : (str(each) ?? []))) : [];

/** A map of strings, by key. */
export const pairs = (value: unknown): [string, string][] =>
  Object.entries(rec(value))
    .map(([key, each]): [string, string] => [key, text(each)])
    .sort(([a], [b]) => (a < b ? -1 : 1));

export const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  (Array.isArray(value) ? value.length === 0 : typeof value === "object" && Object.keys(value).length === 0);
