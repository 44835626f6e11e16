import { memo } from "react";
import type { Row } from "@/api/contract";
import { openHref } from "@/lib/place";
import { cx } from "@/lib/class-names";
import { Age } from "@/ui/age";
import { Skeleton } from "@/ui/skeleton";
import { TONE_TEXT, TONE_WORD, ToneMark } from "@/ui/tone-mark";
import { CellContent, shownText } from "./cell";
import { RIGHT_ALIGNED, type ShownColumn } from "./columns";
import type { Tint } from "./list-store";

export interface TableRowProps {
  row: Row | undefined;
  index: number;
  kind: string;
  columns: ShownColumn[];
  narrow: boolean;
  selected: boolean;
  open: boolean;
  cursor: boolean;
  tint: Tint | undefined;
}

/** The whole cell takes the click. Where nothing hovers, the box is in sight all the time. */
function Check({ row, selected, narrow }: { row: Row; selected: boolean; narrow: boolean }) {
  return (
    <div role="gridcell" className="flex items-center justify-center self-stretch" data-check>
      <input
        type="checkbox"
        tabIndex={-1}
        checked={selected}
        readOnly
        aria-label={`select ${row.name}`}
        className={cx(
          "accent-(--accent)",
          narrow ? "size-4" : "size-3.5",
          !selected && !narrow && "opacity-0 group-hover:opacity-100",
        )}
      />
    </div>
  );
}

/** The name is an ordinary link, so that it can be opened in a tab of its own. */
function NameLink({ row, kind }: { row: Row; kind: string }) {
  return (
    <a href={openHref({ ...row, kind })} tabIndex={-1} className="mono truncate" title={row.name} data-name>
      {shownText(row.name)}
    </a>
  );
}

function Cells({
  row,
  kind,
  columns,
  tint,
}: {
  row: Row;
  kind: string;
  columns: ShownColumn[];
  tint: Tint | undefined;
}) {
  const told = columns.some((column) => column.type === "status");
  return columns.map((column) => {
    const changed =
      tint && (tint.cells.includes(column.cell) || (column.type === "status" && tint.cells.includes(-1)));
    return (
      <div
        key={column.id}
        role="gridcell"
        className={cx(
          "flex min-w-0 items-center self-stretch px-2",
          RIGHT_ALIGNED.has(column.type) && "justify-end",
          changed && "cell-changed",
        )}
      >
        {/* Without a status column, what is wrong stands before the name. */}
        {column.id === "name" && !told && row.tone !== "ok" && row.tone !== "neutral" && (
          <ToneMark tone={row.tone} label={TONE_WORD[row.tone]} className="mr-1.5" />
        )}
        {column.id === "name" ? (
          <NameLink row={row} kind={kind} />
        ) : (
          <CellContent column={column} row={row} />
        )}
      </div>
    );
  });
}

const shownWords = (value: Row["cells"][number] | undefined) => (typeof value === "string" ? value : "");

/** Two lines for a narrow screen: what it is, and how it is. */
function TwoLines({ row, kind, columns }: { row: Row; kind: string; columns: ShownColumn[] }) {
  const status = columns.find((column) => column.type === "status");
  const ready = columns.find((column) => column.type === "ready");
  const age =
    columns.find((column) => column.id === "age") ?? columns.find((column) => column.type === "age");
  const value = (column: ShownColumn | undefined) => (column ? row.cells[column.cell] : undefined);
  const since = value(age);
  // What an event says is more than where it says it.
  const said = columns
    .filter(({ id }) => id === "reason" || id === "message")
    .map((column) => shownWords(value(column)));
  const fleet = columns.some((column) => column.id === "cluster");
  const where = [fleet ? row.cluster : null, row.namespace].filter(Boolean).join(" / ");
  return (
    <div role="gridcell" className="flex min-w-0 flex-col justify-center pr-3">
      <div className="flex min-w-0 items-center gap-2">
        <ToneMark tone={row.tone} label={row.tone} />
        <NameLink row={row} kind={kind} />
      </div>
      <div className="flex min-w-0 gap-2 pl-[18px] text-sm text-text-2">
        {status && (
          <span className={`truncate ${TONE_TEXT[row.tone]}`}>{shownText(String(value(status) ?? ""))}</span>
        )}
        {ready && <span className="mono">{String(value(ready) ?? "")}</span>}
        <span className="min-w-0 flex-1 truncate">{[where, ...said].filter(Boolean).join(" · ")}</span>
        {(typeof since === "number" || typeof since === "string") && (
          <Age at={since} className="mono whitespace-nowrap" />
        )}
      </div>
    </div>
  );
}

export const TableRow = memo(function TableRow(props: TableRowProps) {
  const { row, index, kind, columns, narrow, selected, open, cursor, tint } = props;
  return (
    <div
      role="row"
      id={`row-${index}`}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={cx(
        "group list-row border-b border-line",
        narrow ? "h-[52px]" : "h-(--row)",
        open ? "bg-accent-soft" : selected ? "bg-raised-2" : "hover:bg-raised-1",
        (open || cursor) && "shadow-[inset_2px_0_0_var(--accent)]",
      )}
    >
      {!row ? (
        <div role="gridcell" className="col-span-full flex items-center gap-6 px-9">
          <Skeleton className="h-3 w-52" />
          <Skeleton className="h-3 w-20" />
        </div>
      ) : narrow ? (
        <>
          <Check row={row} selected={selected} narrow />
          <TwoLines row={row} kind={kind} columns={columns} />
        </>
      ) : (
        <>
          <Check row={row} selected={selected} narrow={false} />
          <Cells row={row} kind={kind} columns={columns} tint={tint} />
        </>
      )}
    </div>
  );
});
