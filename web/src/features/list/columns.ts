import type { Column, ColumnType } from "@/api/contract";
import { usual } from "./usual";

/** Not -1, which stands for the tone in what a change reports. */
export const IMPLIED_CELL = -2;

/** The columns that every list has without the server naming them. */
const IMPLIED: Column[] = [
  { id: "cluster", title: "Cluster", type: "text", priority: 0, sortable: true },
  { id: "name", title: "Name", type: "name", priority: 0, sortable: true },
  { id: "namespace", title: "Namespace", type: "text", priority: 0, sortable: true },
];

export interface ShownColumn extends Column {
  /** Index into a row's cells; IMPLIED_CELL for the implied ones. */
  cell: number;
  /** Pixels, when somebody chose them. */
  width?: number;
}

export interface ColumnMemory {
  ids: string[];
  widths: Record<string, number>;
  sort: string;
}

export const NO_MEMORY: ColumnMemory = { ids: [], widths: {}, sort: "" };

const NARROWEST: Record<ColumnType, number> = {
  name: 220,
  text: 110,
  status: 150,
  ready: 60,
  number: 72,
  cpu: 92,
  bytes: 84,
  age: 60,
  duration: 76,
  percent: 64,
  labels: 200,
  kindref: 140,
};

/** An age that is written as a date and time. */
const WIDE_AGE = 164;

/** The widths that follow from the kind and from how times are written, below those that somebody chose. */
export function defaultWidths(
  columns: readonly Column[],
  kind: string,
  times: "relative" | "local" | "utc",
): Record<string, number> {
  const widths = usual(kind).widths ?? {};
  if (times === "relative") return widths;
  const ages = columns.filter(({ type }) => type === "age").map(({ id }) => [id, WIDE_AGE]);
  return { ...widths, ...(Object.fromEntries(ages) as Record<string, number>) };
}

/** Sentences get what is left. */
const GROWS_BY_NAME: Record<string, number> = { message: 4, object: 2.2 };

/** What grows with the table: figures never do. */
const GROWS: Partial<Record<ColumnType, number>> = {
  name: 2.2,
  text: 1,
  status: 1,
  labels: 1.6,
  kindref: 1.2,
};

export const RIGHT_ALIGNED: ReadonlySet<ColumnType> = new Set([
  "age",
  "number",
  "cpu",
  "bytes",
  "percent",
  "duration",
]);

/** Every column there is to choose from, implied ones first. */
export function allColumns(columns: readonly Column[], fleet: boolean, namespaced: boolean): ShownColumn[] {
  const implied = IMPLIED.filter(({ id }) =>
    id === "cluster" ? fleet : id === "namespace" ? namespaced : true,
  );
  return [
    ...implied.map((column) => ({ ...column, cell: IMPLIED_CELL })),
    ...columns.map((column, cell) => ({ ...column, cell })),
  ];
}

/** The chosen columns in their chosen order; without a choice, the server's own first ones. */
export function chooseColumns(
  all: ShownColumn[],
  chosen: readonly string[],
  widths: Record<string, number>,
): ShownColumn[] {
  const known = new Map(all.map((column) => [column.id, column]));
  const picked = chosen.flatMap((id) => known.get(id) ?? []);
  const shown = picked.length > 0 ? picked : all.filter((column) => column.priority === 0);
  const named = shown.some(({ id }) => id === "name")
    ? shown
    : [...all.filter(({ id }) => id === "name"), ...shown];
  return named.map((column) => ({ ...column, ...(widths[column.id] ? { width: widths[column.id] } : {}) }));
}

export const columnWidth = (column: ShownColumn): number => column.width ?? NARROWEST[column.type];

const KEPT = new Set(["name", "status", "age", "ready", "cluster", "namespace"]);

/** Leaves out, from the right, what does not fit. Only for a table whose columns nobody chose. */
export function fitColumns(columns: ShownColumn[], available: number): ShownColumn[] {
  let fitting = columns;
  const width = () => fitting.reduce((sum, column) => sum + columnWidth(column), 0);
  for (const column of [...columns].reverse()) {
    if (width() <= available) break;
    if (!KEPT.has(column.id)) fitting = fitting.filter((each) => each !== column);
  }
  return fitting;
}

/** `grid-template-columns` for the rows. */
export function gridTemplate(columns: ShownColumn[]): string {
  return columns
    .map((column) => {
      const grows = GROWS_BY_NAME[column.id] ?? GROWS[column.type];
      if (column.width) return `${column.width}px`;
      return grows ? `minmax(${NARROWEST[column.type]}px, ${grows}fr)` : `${NARROWEST[column.type]}px`;
    })
    .join(" ");
}

const memoryKey = (kind: string) => `periscope.columns.${kind}`;

export function readMemory(kind: string): ColumnMemory {
  try {
    const saved = JSON.parse(localStorage.getItem(memoryKey(kind)) ?? "{}") as Partial<ColumnMemory>;
    return {
      ids: Array.isArray(saved.ids) ? saved.ids : [],
      widths: saved.widths ?? {},
      sort: typeof saved.sort === "string" ? saved.sort : "",
    };
  } catch {
    return NO_MEMORY;
  }
}

export function writeMemory(kind: string, memory: ColumnMemory): void {
  localStorage.setItem(memoryKey(kind), JSON.stringify(memory));
}
