// Labels or annotations while they are edited.
import { keyProblem, labelValueProblem, LARGEST_ANNOTATIONS } from "@/lib/label-rules";

export interface PairRow {
  id: number;
  key: string;
  value: string;
  /** The value as it is on the object; null for a row that was added here. */
  known: string | null;
  /** To be removed. */
  gone: boolean;
}

export interface PairChange {
  set: Record<string, string>;
  remove: string[];
}

export interface RowProblem {
  key?: string | undefined;
  value?: string | undefined;
}

export const rowsOf = (pairs: Record<string, string> | undefined): PairRow[] =>
  Object.entries(pairs ?? {})
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value], id) => ({ id, key, value, known: value, gone: false }));

export function addRow(rows: readonly PairRow[], gone: boolean): PairRow[] {
  const id = Math.max(-1, ...rows.map((row) => row.id)) + 1;
  return [...rows, { id, key: "", value: "", known: null, gone }];
}

export const changeRow = (rows: readonly PairRow[], id: number, change: Partial<PairRow>): PairRow[] =>
  rows.map((row) => (row.id === id ? { ...row, ...change } : row));

export const dropRow = (rows: readonly PairRow[], id: number): PairRow[] =>
  rows.filter((row) => row.id !== id);

export function pairChange(rows: readonly PairRow[]): PairChange {
  const set = rows.filter(({ gone, known, value }) => !gone && value !== known);
  return {
    set: Object.fromEntries(set.map(({ key, value }) => [key, value])),
    remove: rows.filter(({ gone }) => gone).map(({ key }) => key),
  };
}

/** What is wrong, by row. What the object has already is not judged: the API server let it in. */
export function pairProblems(rows: readonly PairRow[], type: "label" | "annotate"): Map<number, RowProblem> {
  const problems = new Map<number, RowProblem>();
  for (const row of rows) {
    const twice = rows.some((other) => other.id !== row.id && other.key === row.key);
    const key =
      row.known !== null ? null : (keyProblem(row.key) ?? (twice ? "this key is there already" : null));
    const value =
      row.gone || row.value === row.known || type === "annotate" ? null : labelValueProblem(row.value);
    if (key || value) problems.set(row.id, { key: key ?? undefined, value: value ?? undefined });
  }
  return problems;
}

/** Annotations have one limit together. */
export function sizeProblem(rows: readonly PairRow[], type: "label" | "annotate"): string | null {
  if (type === "label") return null;
  const encoder = new TextEncoder();
  const bytes = rows
    .filter(({ gone }) => !gone)
    .reduce((sum, { key, value }) => sum + encoder.encode(key).length + encoder.encode(value).length, 0);
  return bytes > LARGEST_ANNOTATIONS
    ? `${bytes} bytes; all annotations together may have ${LARGEST_ANNOTATIONS}`
    : null;
}
