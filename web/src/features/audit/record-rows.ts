// The rows that have come so far: older ones are added at the end, newer ones wait until nobody would lose their place.
import type { Gap, AuditPage, AuditRow } from "@/api/contract";

export interface RecordRows {
  /** Newest first. */
  rows: readonly AuditRow[];
  /** Where older rows begin; null at the end of what is kept. */
  next: string | null;
  /** Newer than `rows`, and not shown yet. */
  fresh: readonly AuditRow[];
  /** So much is new that `fresh` does not reach down to `rows`: showing it starts over. */
  apart: boolean;
  freshNext: string | null;
  scope: AuditPage["scope"] | null;
  /** How far back the search went when it was cut short. */
  searchedTo: string | null;
  gaps: readonly Gap[];
}

export const NOTHING: RecordRows = {
  rows: [],
  next: null,
  fresh: [],
  apart: false,
  freshNext: null,
  scope: null,
  searchedTo: null,
  gaps: [],
};

export const rowId = ({ chain, sequence }: { chain: string; sequence: number }): string =>
  `${chain}/${sequence}`;

export function begin(page: AuditPage): RecordRows {
  const { rows, next, scope, searchedTo, gaps } = page;
  return { ...NOTHING, rows, next: next ?? null, scope, searchedTo: searchedTo ?? null, gaps };
}

/** Older rows, after those that are there. */
export function append(state: RecordRows, page: AuditPage): RecordRows {
  const known = new Set(state.rows.map(rowId));
  return {
    ...state,
    rows: [...state.rows, ...page.rows.filter((row) => !known.has(rowId(row)))],
    next: page.next ?? null,
    searchedTo: page.searchedTo ?? null,
    gaps: page.gaps,
  };
}

/** The newest page again: intents that ended since say how, and what is new waits. */
export function refresh(state: RecordRows, page: AuditPage): RecordRows {
  const newest = new Map(page.rows.map((row) => [rowId(row), row]));
  const known = new Set(state.rows.map(rowId));
  const rows = state.rows.map((row) => newest.get(rowId(row)) ?? row);
  const fresh = page.rows.filter((row) => !known.has(rowId(row)));
  const apart = fresh.length > 0 && fresh.length === page.rows.length && page.next !== undefined;
  return { ...state, rows, fresh, apart, freshNext: page.next ?? null, scope: page.scope };
}

/** Shows what waited. */
export function release(state: RecordRows): RecordRows {
  if (state.fresh.length === 0) return state;
  const { fresh, apart, freshNext } = state;
  return {
    ...state,
    rows: apart ? fresh : [...fresh, ...state.rows],
    next: apart ? freshNext : state.next,
    fresh: [],
    apart: false,
  };
}
