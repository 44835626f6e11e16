import { useEffect, useRef, useState, type MouseEvent, type ReactNode, type RefObject } from "react";
import { cx } from "@/lib/class-names";
import { formatCount, plural } from "@/lib/quantity";
import { sortRows, type SortKey } from "@/lib/sort";
import { Button } from "@/ui/button";
import { useShortcuts } from "./shortcuts";
import { ariaSort, SortTitle } from "./sort-title";

export interface DataColumn<T> {
  id: string;
  title: string;
  /** Its width, as classes; the rest is shared. */
  className?: string;
  /** Takes a line of its own where rows have several. */
  wide?: boolean;
  /** Left out where the columns would be too narrow, before rows take several lines. */
  spare?: boolean;
  /** At the right of its column, as figures and ages are. */
  right?: boolean;
  /** Where it stands among the lines of a narrow row, as a class. */
  narrow?: string;
  /** What the column is sorted by; without it its title is no button. */
  sortBy?: (row: T) => SortKey;
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
  /** How wide the second column of a narrow row is. */
  side?: string;
  /** `-age,name`; without a term the rows stand as they came. */
  sort?: string;
  /** Without it nothing can be sorted. */
  onSort?: ((sort: string) => void) | undefined;
}

/** More rows than anybody reads at once are drawn when they are asked for. */
const STEP = 200;

const SPARE = "@max-[880px]:@min-[560px]:hidden";

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
  const element = useRef<HTMLTableRowElement>(null);
  // Only when it becomes the one looked at: whoever scrolls on is not taken back by the next answer.
  useEffect(() => {
    if (open || cursor) element.current?.scrollIntoView({ block: "nearest" });
  }, [open, cursor]);
  return (
    <tr
      aria-selected={open}
      ref={element}
      onClick={(event) => !clickedElsewhere(event) && onOpen()}
      className={cx(
        "scroll-mt-8 border-b border-line align-baseline @max-[560px]:grid @max-[560px]:grid-cols-[minmax(0,1fr)_var(--side)] @max-[560px]:gap-x-3 @max-[560px]:px-2 @max-[560px]:py-2",
        open ? "bg-accent-soft" : "hover:bg-raised-2",
        cursor && "outline-2 -outline-offset-2 outline-accent",
      )}
    >
      {columns.map(({ id, cell, wide, spare, right, narrow }) => (
        <td
          key={id}
          className={cx(
            "min-w-0 px-2 py-1.5 @max-[560px]:block @max-[560px]:px-0 @max-[560px]:py-px @max-[560px]:empty:hidden",
            wide && "@max-[560px]:col-span-2",
            spare && SPARE,
            right && "@min-[560px]:text-right",
            narrow,
          )}
        >
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** Titles stay in sight; where rows take several lines, only those that sort are left, in one line. */
function Head<T>({ columns, sort = "", onSort }: Pick<DataTableProps<T>, "columns" | "sort" | "onSort">) {
  return (
    <thead className={onSort ? "@max-[560px]:block" : "@max-[560px]:sr-only"}>
      <tr className="text-sm text-text-2 @max-[560px]:flex @max-[560px]:flex-wrap @max-[560px]:items-center @max-[560px]:border-b @max-[560px]:border-line @max-[560px]:px-2 @max-[560px]:before:mr-1 @max-[560px]:before:text-text-3 @max-[560px]:before:content-['sort_by']">
        {columns.map(({ id, title, className, spare, right, sortBy }) => (
          <th
            key={id}
            scope="col"
            aria-sort={onSort && sortBy ? ariaSort(sort, id) : undefined}
            className={cx(
              "z-10 h-7 bg-bg px-2 font-normal @max-[560px]:flex @max-[560px]:items-center @max-[560px]:px-1.5 @min-[560px]:sticky @min-[560px]:top-0 @min-[560px]:shadow-[inset_0_-1px_var(--line)] @max-[560px]:w-auto!",
              className,
              spare && SPARE,
              right && "[&>button]:ml-auto @min-[560px]:text-right",
              (spare || !sortBy) && "@max-[560px]:sr-only",
            )}
          >
            <SortTitle {...{ id, title, sort }} onSort={sortBy && onSort} />
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** Rows that the keys walk over, in the order in which they are seen. */
function useCursor<T>(
  { keyOf, open, onOpen, onClose, filter }: DataTableProps<T>,
  rows: readonly T[],
): string | null {
  const [at, setAt] = useState<string | null>(null);
  const index = rows.findIndex((row) => keyOf(row) === (open || at));
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

/** A table whose rows open a pane; two and more lines a row where there is little room. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { label, columns, groups, keyOf, open, onOpen, sort = "", onSort } = props;
  const [shown, setShown] = useState(STEP);
  const [unfolded, setUnfolded] = useState<readonly string[]>([]);
  const isOpen = ({ id, folded, rows }: DataGroup<T>) =>
    !folded || unfolded.includes(id) || rows.some((row) => keyOf(row) === open);
  const keyBy = (id: string) => columns.find((column) => column.id === id)?.sortBy;
  const drawn = groups.map((group) => ({
    group,
    rows: isOpen(group) ? sortRows(group.rows, onSort ? sort : "", keyBy).slice(0, shown) : [],
  }));
  const cursor = useCursor(
    props,
    drawn.flatMap(({ rows }) => rows),
  );
  const toggle = (id: string) =>
    setUnfolded(unfolded.includes(id) ? unfolded.filter((each) => each !== id) : [...unfolded, id]);
  // One that spans columns which are left out would make columns of its own.
  const always = columns.filter(({ spare }) => !spare).length;
  const most = Math.max(0, ...groups.filter(isOpen).map(({ rows }) => rows.length));
  return (
    <>
      <table
        aria-label={label}
        className="w-full table-fixed border-collapse text-left @max-[560px]:block"
        style={{ "--side": props.side ?? "136px" }}
      >
        <Head {...{ columns, sort, onSort }} />
        {drawn.map(({ group, rows }) => (
          <tbody key={group.id} className="@max-[560px]:block">
            {group.title && (
              <tr className="@max-[560px]:block">
                <th scope="rowgroup" colSpan={always} className="px-2 pt-3 pb-1 font-normal">
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
            {rows.map((row) => (
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
            {formatCount(shown)} of {plural(most, "row")}
          </span>
        </p>
      )}
    </>
  );
}
