import { useState, type MouseEvent, type ReactNode, type RefObject } from "react";
import { cx } from "@/lib/class-names";
import { plural } from "@/lib/quantity";
import { Button } from "@/ui/button";
import { useShortcuts } from "./shortcuts";

export interface DataColumn<T> {
  id: string;
  title: string;
  /** Its width, as classes; the rest is shared. */
  className?: string;
  /** Takes a line of its own where rows have several. */
  wide?: boolean;
  cell: (row: T) => ReactNode;
}

export interface DataGroup<T> {
  id: string;
  /** Without one the rows stand by themselves. */
  title?: string;
  /** Folded away until somebody asks. */
  folded?: boolean;
  rows: readonly T[];
}

interface DataTableProps<T> {
  label: string;
  columns: readonly DataColumn<T>[];
  groups: readonly DataGroup<T>[];
  keyOf: (row: T) => string;
  open: string;
  onOpen: (row: T) => void;
  onClose: () => void;
  /** What `/` leads to. */
  filter?: RefObject<HTMLInputElement | null>;
}

/** More rows than anybody reads at once are drawn when they are asked for. */
const STEP = 200;

const clickedElsewhere = (event: MouseEvent): boolean =>
  event.target instanceof Element && event.target.closest("a, button, summary") !== null;

interface RowProps<T> {
  row: T;
  columns: readonly DataColumn<T>[];
  open: boolean;
  cursor: boolean;
  onOpen: () => void;
}

function DataRow<T>({ row, columns, open, cursor, onOpen }: RowProps<T>) {
  return (
    <tr
      aria-selected={open}
      ref={(element) => {
        if (cursor) element?.scrollIntoView({ block: "nearest" });
      }}
      onClick={(event) => !clickedElsewhere(event) && onOpen()}
      className={cx(
        "border-b border-line align-baseline @max-[700px]:grid @max-[700px]:grid-cols-[minmax(0,1fr)_136px] @max-[700px]:gap-x-3 @max-[700px]:px-2 @max-[700px]:py-2",
        open ? "bg-accent-soft" : "hover:bg-raised-2",
        cursor && "outline-2 -outline-offset-2 outline-accent",
      )}
    >
      {columns.map(({ id, cell, wide }) => (
        <td
          key={id}
          className={cx(
            "min-w-0 px-2 py-1.5 @max-[700px]:block @max-[700px]:px-0 @max-[700px]:py-px @max-[700px]:empty:hidden",
            wide && "@max-[700px]:col-span-2",
          )}
        >
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** Rows that the keys walk over, in the order in which they are seen. */
function useCursor<T>(
  { groups, keyOf, open, onOpen, onClose, filter }: DataTableProps<T>,
  shownOf: ShownOf<T>,
) {
  const [at, setAt] = useState<string | null>(null);
  const rows = groups.flatMap(shownOf);
  const index = rows.findIndex((row) => keyOf(row) === at);
  const step = (by: number) => () => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index + by))];
    if (!row) return;
    setAt(keyOf(row));
    if (open) onOpen(row);
  };
  useShortcuts({
    j: step(1),
    ArrowDown: step(1),
    k: step(-1),
    ArrowUp: step(-1),
    Enter: () => (rows[index] ? onOpen(rows[index]) : false),
    Escape: () => (open ? onClose() : false),
    "/": () => (filter?.current ? filter.current.focus() : false),
  });
  return at;
}

type ShownOf<T> = (group: DataGroup<T>) => readonly T[];

/** A table whose rows open a pane; two and more lines a row where there is little room. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { label, columns, groups, keyOf, open, onOpen } = props;
  const [shown, setShown] = useState(STEP);
  const [unfolded, setUnfolded] = useState<readonly string[]>([]);
  const isOpen = ({ id, folded, rows }: DataGroup<T>) =>
    !folded || unfolded.includes(id) || rows.some((row) => keyOf(row) === open);
  const shownOf: ShownOf<T> = (group) => (isOpen(group) ? group.rows.slice(0, shown) : []);
  const cursor = useCursor(props, shownOf);
  const toggle = (id: string) =>
    setUnfolded(unfolded.includes(id) ? unfolded.filter((each) => each !== id) : [...unfolded, id]);
  const most = Math.max(0, ...groups.filter(isOpen).map(({ rows }) => rows.length));
  return (
    <>
      <table aria-label={label} className="w-full table-fixed border-collapse text-left @max-[700px]:block">
        <thead className="@max-[700px]:sr-only">
          <tr className="border-b border-line text-sm text-text-2">
            {columns.map(({ id, title, className }) => (
              <th key={id} scope="col" className={cx("h-7 px-2 font-normal", className)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map((group) => (
          <tbody key={group.id} className="@max-[700px]:block">
            {group.title && (
              <tr className="@max-[700px]:block">
                <th scope="rowgroup" colSpan={columns.length} className="px-2 pt-3 pb-1 font-normal">
                  {group.folded ? (
                    <button
                      type="button"
                      aria-expanded={isOpen(group)}
                      onClick={() => toggle(group.id)}
                      className="label hover:text-text-1"
                    >
                      <span aria-hidden>{isOpen(group) ? "▾ " : "▸ "}</span>
                      {group.title}
                    </button>
                  ) : (
                    <span className="label">{group.title}</span>
                  )}
                </th>
              </tr>
            )}
            {shownOf(group).map((row) => (
              <DataRow
                key={keyOf(row)}
                {...{ row, columns }}
                open={keyOf(row) === open}
                cursor={keyOf(row) === cursor}
                onOpen={() => onOpen(row)}
              />
            ))}
          </tbody>
        ))}
      </table>
      {most > shown && (
        <p className="mt-2 flex items-center gap-3">
          <Button onClick={() => setShown(shown + STEP)}>Show more</Button>
          <span className="label">
            {shown} of {plural(most, "row")}
          </span>
        </p>
      )}
    </>
  );
}
