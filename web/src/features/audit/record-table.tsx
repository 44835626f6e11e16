import { useEffect, useLayoutEffect, type MouseEvent, type PointerEvent, type RefObject } from "react";
import type { AuditRow } from "@/api/contract";
import { useVirtualRows } from "@/components/use-virtual-rows";
import { cx } from "@/lib/class-names";
import { fitRecordColumns } from "./columns";
import { rowId } from "./record-rows";
import { RecordRow } from "./record-row";

export interface RecordTableProps {
  rows: readonly AuditRow[];
  /** There are older rows to ask for. */
  more: boolean;
  onMore: () => void;
  /** Another question starts at its first row. */
  question: string;
  hrefOf: (row: AuditRow) => string;
  openId: string | null;
  cursor: number | null;
  rowHeight: number;
  narrow: boolean;
  utc: boolean;
  scroller: RefObject<HTMLDivElement | null>;
  onRow: (index: number) => void;
  /** New rows wait while the pointer is over the table or somebody has scrolled. */
  onHold: (how: { hovered?: boolean; scrolled?: boolean }) => void;
}

/** Older rows are asked for this many rows before the end is seen. */
const AHEAD = 60;

/** Which row a click opens; links to objects keep their own. */
function clickedRow(event: MouseEvent): number | null {
  if (!(event.target instanceof Element) || event.metaKey || event.ctrlKey || event.shiftKey) return null;
  const link = event.target.closest("a");
  if (link && !link.hasAttribute("data-name")) return null;
  const row = event.target.closest<HTMLElement>("[data-index]");
  return row ? Number(row.dataset["index"]) : null;
}

function Head({ heads }: { heads: string[] }) {
  return (
    <div role="row" aria-rowindex={1} className="list-row sticky top-0 z-10 h-7 border-b border-line bg-bg">
      {heads.map((head) => (
        <div
          key={head}
          role="columnheader"
          className={cx("truncate px-2 text-sm text-text-2 first:pl-4", head === "Took" && "text-right")}
        >
          {head}
        </div>
      ))}
    </div>
  );
}

export function RecordTable(props: RecordTableProps) {
  const { rows, more, onMore, scroller, rowHeight, narrow, onHold } = props;
  const total = rows.length + (more ? 1 : 0);
  const view = useVirtualRows(scroller, total, rowHeight);
  const { question } = props;
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [scroller, question]);
  const near = more && view.first + view.count + AHEAD >= rows.length;
  useEffect(() => {
    if (near) onMore();
  }, [near, onMore, rows.length]);
  const { columns, heads, template } = fitRecordColumns(view.width);
  const hover = (hovered: boolean) => (event: PointerEvent) => {
    if (event.pointerType === "mouse") onHold({ hovered });
  };
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="acts"
      aria-rowcount={more ? -1 : rows.length + 1}
      aria-activedescendant={props.cursor === null ? undefined : `row-${props.cursor}`}
      tabIndex={0}
      className="h-full overflow-x-hidden overflow-y-auto outline-offset-[-2px]"
      style={{ "--list-columns": template }}
      data-narrow={narrow || undefined}
      onScroll={(event) => onHold({ scrolled: event.currentTarget.scrollTop > 0 })}
    >
      {!narrow && <Head heads={heads} />}
      <div
        role="rowgroup"
        className="relative"
        style={{ height: total * rowHeight }}
        onPointerEnter={hover(true)}
        onPointerLeave={hover(false)}
        onClick={(event) => {
          const index = clickedRow(event);
          if (index === null || !rows[index]) return;
          event.preventDefault();
          props.onRow(index);
        }}
      >
        <div
          role="presentation"
          className="absolute inset-x-0 top-0"
          style={{ transform: `translateY(${view.first * rowHeight}px)` }}
        >
          {Array.from({ length: view.count }, (_, at) => view.first + at).map((index) => {
            const row = rows[index];
            return (
              <RecordRow
                key={row ? rowId(row) : `at ${index}`}
                row={row}
                index={index}
                href={row ? props.hrefOf(row) : ""}
                columns={columns}
                narrow={narrow}
                utc={props.utc}
                open={row ? rowId(row) === props.openId : false}
                cursor={index === props.cursor}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
