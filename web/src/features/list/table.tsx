import {
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  type MouseEvent,
  type PointerEvent,
  type RefObject,
} from "react";
import type { Row } from "@/api/contract";
import { rowAt } from "@/api/stream/window-state";
import { useVirtualRows } from "@/components/use-virtual-rows";
import { columnWidth, fitColumns, gridTemplate, type ShownColumn } from "./columns";
import type { ListSnapshot, ListStore } from "./list-store";
import { rowKey, type Selection } from "./selection";
import { TableHead } from "./table-head";
import { TableRow } from "./table-row";

export interface TableProps {
  kind: string;
  label: string;
  snapshot: ListSnapshot;
  /** Another question starts at its first row. */
  question: string;
  store: ListStore;
  columns: ShownColumn[];
  /** Nobody chose the columns, so the table may leave some out. */
  automatic: boolean;
  sort: string;
  selection: Selection;
  /** Key of the row whose pane is open. */
  open: string | null;
  cursor: number | null;
  rowHeight: number;
  narrow: boolean;
  scroller: RefObject<HTMLDivElement | null>;
  onSort: (sort: string) => void;
  onResize: (id: string, width: number | null) => void;
  onMove: (id: string, before: string) => void;
  onRow: (index: number, row: Row, gesture: "open" | "toggle" | "range") => void;
  /** The menu of a row, at a point of the window. */
  onMenu: (index: number, row: Row, at: { x: number; y: number }) => void;
  onSelectAll: () => void;
}

const CHECK_WIDTH = 28;
/** Wide enough for a finger: a narrow list is mostly a phone's. */
const NARROW_CHECK_WIDTH = 40;
/** The space at the right end of a row. */
const END = 8;

/** Which row an event happened on, and what it asks for. */
function gestureOf(event: MouseEvent): { index: number; gesture: "open" | "toggle" | "range" } | null {
  if (!(event.target instanceof Element)) return null;
  const row = event.target.closest<HTMLElement>("[data-index]");
  if (!row) return null;
  const link = event.target.closest("a");
  const index = Number(row.dataset["index"]);
  if (event.target.closest("[data-check]")) return { index, gesture: event.shiftKey ? "range" : "toggle" };
  if (link && !link.hasAttribute("data-name")) return null;
  if (event.metaKey || event.ctrlKey) return link ? null : { index, gesture: "toggle" };
  if (event.shiftKey) return { index, gesture: "range" };
  return { index, gesture: "open" };
}

export function Table(props: TableProps) {
  const { snapshot, store, columns, automatic, narrow, rowHeight, scroller, selection, onRow } = props;
  const { shown, tints } = snapshot;
  const view = useVirtualRows(scroller, shown.total, rowHeight);
  const lastTop = useRef(0);
  const { question } = props;
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [scroller, question]);
  useEffect(() => store.look(view.seenFirst, view.seenCount), [store, view.seenFirst, view.seenCount]);
  // The same array for the same columns: rows are drawn again when it changes.
  const fitting = useMemo(
    () => (automatic && view.width > 0 ? fitColumns(columns, view.width - CHECK_WIDTH - END) : columns),
    [columns, automatic, view.width],
  );
  const width = CHECK_WIDTH + END + fitting.reduce((sum, column) => sum + columnWidth(column), 0);
  const indexes = Array.from({ length: view.count }, (_, at) => view.first + at);
  const rows = indexes.map((index) => ({ index, row: rowAt(shown, index) }));
  const seen = rows.flatMap(({ row }) => row ?? []);

  const onClick = (event: MouseEvent) => {
    const found = gestureOf(event);
    const row = found && rowAt(shown, found.index);
    if (!found || !row) return;
    // A box whose click is prevented would be turned back by the browser, whatever it shows.
    if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
    if (found.gesture === "range") getSelection()?.removeAllRanges();
    onRow(found.index, row, found.gesture);
  };
  const onContextMenu = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || event.shiftKey) return;
    const index = Number(event.target.closest<HTMLElement>("[data-index]")?.dataset["index"] ?? NaN);
    const row = rowAt(shown, index);
    // Other links of a row keep the browser's own menu, and so does all of it with Shift.
    if (!row || event.target.closest("a:not([data-name])")) return;
    event.preventDefault();
    props.onMenu(index, row, { x: event.clientX, y: event.clientY });
  };
  const hold = (on: boolean) => (event: PointerEvent) => {
    if (event.pointerType === "mouse") store.hold(on);
  };
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={props.label}
      aria-rowcount={shown.total + 1}
      aria-multiselectable
      aria-activedescendant={props.cursor === null ? undefined : `row-${props.cursor}`}
      tabIndex={0}
      className="h-full overflow-auto outline-offset-[-2px]"
      style={{
        "--list-columns": `${CHECK_WIDTH}px ${gridTemplate(fitting)}`,
        "--narrow-columns": `${NARROW_CHECK_WIDTH}px minmax(0, 1fr)`,
      }}
      data-narrow={narrow || undefined}
      onScroll={(event) => {
        const { scrollTop } = event.currentTarget;
        // Scrolling moves the rows anyway: a good moment for what was held.
        if (scrollTop !== lastTop.current) store.release();
        lastTop.current = scrollTop;
      }}
    >
      <div style={{ minWidth: narrow ? undefined : width }}>
        {!narrow && shown.columns.length > 0 && (
          <TableHead
            columns={fitting}
            sort={props.sort}
            onSort={props.onSort}
            onResize={props.onResize}
            onMove={props.onMove}
            allSelected={seen.length > 0 && seen.every((row) => selection.has(rowKey(row)))}
            onSelectAll={props.onSelectAll}
          />
        )}
        <div
          role="rowgroup"
          className="relative"
          style={{ height: shown.total * rowHeight }}
          onClick={onClick}
          onContextMenu={onContextMenu}
          onPointerEnter={hold(true)}
          onPointerLeave={hold(false)}
        >
          <div
            role="presentation"
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${view.first * rowHeight}px)` }}
          >
            {rows.map(({ index, row }) => (
              <TableRow
                key={row ? row.id : `at ${index}`}
                row={row}
                index={index}
                kind={props.kind}
                columns={narrow ? columns : fitting}
                narrow={narrow}
                selected={row ? selection.has(rowKey(row)) : false}
                open={row ? rowKey(row) === props.open : false}
                cursor={index === props.cursor}
                tint={row && tints.get(row.id)}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}
