import type { ClusterPart, Column, Facet, Row, WindowEvent } from "../contract";

/** A list as this tab knows it: the rows around the viewport and the facts about all of them. */
export interface WindowState {
  version: number;
  total: number;
  /** Index of the first entry of `order` in the whole list. */
  from: number;
  /** Row ids in list order. */
  order: readonly number[];
  rows: ReadonlyMap<number, Row>;
  columns: readonly Column[];
  facets: readonly Facet[];
  clusters: readonly ClusterPart[];
  asOf: string;
}

export interface Applied {
  state: WindowState;
  /** Cells that differ from what was known before, by row id: indexes into `cells`, -1 for the tone. */
  changed: Map<number, number[]>;
}

export const EMPTY_WINDOW: WindowState = {
  version: 0,
  total: 0,
  from: 0,
  order: [],
  rows: new Map(),
  columns: [],
  facets: [],
  clusters: [],
  asOf: "",
};

function differences(before: Row, after: Row): number[] {
  const cells: number[] = [];
  after.cells.forEach((cell, at) => {
    const old = before.cells[at];
    const same = cell === old || (typeof cell === "object" && JSON.stringify(cell) === JSON.stringify(old));
    if (!same) cells.push(at);
  });
  if (before.tone !== after.tone) cells.push(-1);
  return cells;
}

/** The old array when the new one says the same: what is drawn from it need not be drawn again. */
function keepEqual<T>(before: readonly T[], after: readonly T[] | null | undefined): readonly T[] {
  return !after || JSON.stringify(before) === JSON.stringify(after) ? before : after;
}

/** Applies one window event. Pure: the state before is left as it was. */
export function applyWindow(before: WindowState, event: WindowEvent): Applied {
  const changed = new Map<number, number[]>();
  const order = event.order ?? (event.reset ? [] : before.order);
  const known = new Map<number, Row>(event.reset ? [] : before.rows);
  for (const row of event.rows ?? []) {
    const old = before.rows.get(row.id);
    const cells = old?.uid === row.uid ? differences(old, row) : null;
    if (cells && cells.length > 0) changed.set(row.id, cells);
    // A window that moved begins with a reset: rows that are in both stay the same objects.
    known.set(row.id, old && cells?.length === 0 && old.name === row.name ? old : row);
  }
  // Rows that left the window are forgotten, so that scrolling through a long list stays small.
  const rows = new Map<number, Row>();
  for (const id of order) {
    const row = known.get(id);
    if (row) rows.set(id, row);
  }
  const state: WindowState = {
    version: event.version,
    total: event.total,
    from: event.from,
    order,
    rows,
    columns: keepEqual(before.columns, event.columns),
    facets: keepEqual(before.facets, event.facets),
    clusters: keepEqual(before.clusters, event.clusters),
    asOf: event.asOf,
  };
  return { state, changed };
}

/** The row at an index of the whole list, if it is in the window. */
export function rowAt(state: WindowState, index: number): Row | undefined {
  const id = state.order[index - state.from];
  return id === undefined ? undefined : state.rows.get(id);
}

/** How many places of the shown order differ from the newest one: what "N changes held" counts. */
export function heldChanges(shown: WindowState, newest: WindowState): number {
  if (shown.order === newest.order && shown.total === newest.total) return 0;
  const now = new Set(newest.order);
  const then = new Set(shown.order);
  let arrivals = 0;
  let departures = 0;
  for (const id of newest.order) if (!then.has(id)) arrivals += 1;
  for (const id of shown.order) if (!now.has(id)) departures += 1;
  const swaps = Math.max(arrivals, departures);
  if (swaps > 0) return swaps;
  return newest.order.reduce((moved, id, at) => moved + (shown.order[at] === id ? 0 : 1), 0);
}
