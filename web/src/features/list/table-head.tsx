import type { DragEvent, PointerEvent } from "react";
import { ariaSort, SortTitle } from "@/components/sort-title";
import { cx } from "@/lib/class-names";
import { RIGHT_ALIGNED, type ShownColumn } from "./columns";

interface TableHeadProps {
  columns: ShownColumn[];
  sort: string;
  onSort: (sort: string) => void;
  onResize: (id: string, width: number | null) => void;
  onMove: (id: string, before: string) => void;
  allSelected: boolean;
  onSelectAll: () => void;
}

function startResize(event: PointerEvent<HTMLElement>, id: string, onResize: TableHeadProps["onResize"]) {
  event.preventDefault();
  event.stopPropagation();
  const handle = event.currentTarget;
  const start = event.clientX - (handle.parentElement?.offsetWidth ?? 0);
  handle.setPointerCapture(event.pointerId);
  const move = (next: globalThis.PointerEvent) =>
    onResize(id, Math.round(Math.min(900, Math.max(48, next.clientX - start))));
  const stop = () => {
    handle.removeEventListener("pointermove", move);
    handle.removeEventListener("pointerup", stop);
  };
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", stop);
}

function Heading({
  column,
  sort,
  onSort,
  onResize,
  onMove,
}: { column: ShownColumn } & Omit<TableHeadProps, "columns" | "allSelected" | "onSelectAll">) {
  const right = RIGHT_ALIGNED.has(column.type);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    onMove(event.dataTransfer.getData("text/periscope-column"), column.id);
  };
  return (
    <div
      role="columnheader"
      aria-sort={ariaSort(sort, column.id)}
      className={cx("relative flex min-w-0 items-center self-stretch px-2", right && "justify-end")}
      draggable
      onDragStart={(event) => event.dataTransfer.setData("text/periscope-column", column.id)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      <SortTitle
        id={column.id}
        title={column.title}
        description={column.description ?? undefined}
        sort={sort}
        onSort={column.sortable ? onSort : undefined}
      />
      <span
        aria-hidden
        title="drag to resize, double-click for the usual width"
        onPointerDown={(event) => startResize(event, column.id, onResize)}
        onDoubleClick={() => onResize(column.id, null)}
        onDragStart={(event) => event.preventDefault()}
        className="absolute inset-y-1 right-0 w-1.5 cursor-col-resize border-r border-transparent hover:border-accent"
      />
    </div>
  );
}

export function TableHead({ columns, allSelected, onSelectAll, ...rest }: TableHeadProps) {
  return (
    <div role="row" aria-rowindex={1} className="list-row sticky top-0 z-10 h-7 border-b border-line bg-bg">
      <div role="columnheader" aria-label="selection" className="group flex items-center justify-center">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={allSelected}
          onChange={onSelectAll}
          aria-label="select every row in view"
          className={cx("size-3.5 accent-(--accent)", !allSelected && "opacity-0 group-hover:opacity-100")}
        />
      </div>
      {columns.map((column) => (
        <Heading key={column.id} column={column} {...rest} />
      ))}
    </div>
  );
}
