/** The columns of the record. All but the flexible ones are of fixed width; the last go first when room is short. */
export type ColumnId = "time" | "outcome" | "user" | "verb" | "target" | "where" | "detail" | "took";

interface RecordColumn {
  id: ColumnId;
  title: string;
  /** A track of the grid. */
  track: string;
  /** The narrowest table that still has it. */
  from: number;
}

const COLUMNS: RecordColumn[] = [
  { id: "time", title: "Time", track: "164px", from: 0 },
  { id: "outcome", title: "Outcome", track: "96px", from: 0 },
  { id: "user", title: "Who", track: "minmax(150px, 1.2fr)", from: 0 },
  { id: "verb", title: "Did", track: "128px", from: 0 },
  { id: "target", title: "To what", track: "minmax(160px, 1.8fr)", from: 0 },
  { id: "where", title: "Where", track: "minmax(150px, 1.3fr)", from: 860 },
  { id: "detail", title: "Detail", track: "minmax(140px, 2fr)", from: 1040 },
  { id: "took", title: "Took", track: "80px", from: 980 },
];

export function fitRecordColumns(width: number): { columns: ColumnId[]; heads: string[]; template: string } {
  const shown = COLUMNS.filter(({ from }) => width === 0 || width >= from);
  return {
    columns: shown.map(({ id }) => id),
    heads: shown.map(({ title }) => title),
    template: shown.map(({ track }) => track).join(" "),
  };
}
