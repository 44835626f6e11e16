import { memo, type ReactNode } from "react";
import type { AuditRow } from "@/api/contract";
import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { formatAbsolute } from "@/lib/age";
import { cx } from "@/lib/class-names";
import { hasInvisible } from "@/lib/invisible";
import { openHref } from "@/lib/place";
import { Age } from "@/ui/age";
import { Skeleton } from "@/ui/skeleton";
import { TONE_TEXT, ToneMark } from "@/ui/tone-mark";
import {
  ACT_ABOUT,
  ACT_TONE,
  actorName,
  actReason,
  actState,
  extraWords,
  formatTook,
  targetKind,
  targetObject,
  tookMs,
} from "./act";
import type { ColumnId } from "./columns";

/** Text that somebody else wrote; the longer way round only where something in it would be invisible. */
export const shown = (text: string): ReactNode => (hasInvisible(text) ? <ClusterText text={text} /> : text);

const quiet = (text: string, mono = false) => (
  <span className={cx("truncate text-text-2", mono && "mono")} title={text || undefined}>
    {shown(text)}
  </span>
);

export function OutcomeMark({ row }: { row: AuditRow }) {
  const state = actState(row);
  return (
    <span
      className={`inline-flex items-center gap-1.5 ${TONE_TEXT[ACT_TONE[state]]}`}
      title={ACT_ABOUT[state]}
    >
      <ToneMark tone={ACT_TONE[state]} />
      {state}
    </span>
  );
}

/** The object, as a link to it; its kind before it. */
function Target({ row }: { row: AuditRow }) {
  const { target } = row;
  const kind = target && targetKind(target);
  const object = targetObject(target);
  if (!kind) return <span className="text-text-3">–</span>;
  return (
    <span className="flex min-w-0 items-baseline gap-1.5">
      <span className="shrink-0 text-sm text-text-3">
        {target.resource}
        {target.subresource && `/${target.subresource}`}
      </span>
      {object ? (
        <Link
          href={openHref(object)}
          tabIndex={-1}
          className="mono truncate hover:underline"
          title={`${kind} ${object.name}`}
        >
          {shown(object.name)}
        </Link>
      ) : (
        target.name && <span className="mono truncate">{shown(target.name)}</span>
      )}
    </span>
  );
}

const whereOf = ({ target }: AuditRow) => [target?.cluster, target?.namespace].filter(Boolean).join(" / ");

const detailOf = (row: AuditRow) => [actReason(row), extraWords(row.extra)].filter(Boolean).join(" · ");

function Took({ row }: { row: AuditRow }) {
  const ms = tookMs(row.at, row.result?.at);
  return <span className="mono text-text-2">{ms === null ? "" : formatTook(ms)}</span>;
}

/** The act is the link that opens the row: it can be opened in a tab of its own. */
function VerbLink({ row, href }: { row: AuditRow; href: string }) {
  return (
    <a href={href} tabIndex={-1} data-name className="mono truncate font-medium" title={row.verb}>
      {shown(row.verb)}
    </a>
  );
}

function Time({ at, utc }: { at: string; utc: boolean }) {
  return (
    <time dateTime={at} title={at} className="mono whitespace-nowrap text-text-2">
      {formatAbsolute(at, utc)}
    </time>
  );
}

function cell(id: ColumnId, row: AuditRow, href: string, utc: boolean): ReactNode {
  switch (id) {
    case "time":
      return <Time at={row.at} utc={utc} />;
    case "outcome":
      return <OutcomeMark row={row} />;
    case "user":
      return (
        <span
          className="truncate"
          title={`${actorName(row.actor)}${row.actor.tier ? `, ${row.actor.tier}` : ""}`}
        >
          {shown(actorName(row.actor))}
          {row.actor.tier && <span className="text-text-3"> · {row.actor.tier}</span>}
        </span>
      );
    case "verb":
      return <VerbLink row={row} href={href} />;
    case "target":
      return <Target row={row} />;
    case "where":
      return quiet(whereOf(row));
    case "detail":
      return quiet(detailOf(row));
    case "took":
      return <Took row={row} />;
  }
}

function TwoLines({ row, href }: { row: AuditRow; href: string }) {
  const state = actState(row);
  return (
    <div role="gridcell" className="flex min-w-0 flex-col justify-center px-3">
      <div className="flex min-w-0 items-center gap-2">
        <ToneMark tone={ACT_TONE[state]} />
        <span className="shrink-0">
          <VerbLink row={row} href={href} />
        </span>
        {row.target?.name && <span className="mono truncate text-text-2">{shown(row.target.name)}</span>}
        <Age at={row.at} className="mono ml-auto shrink-0 pl-2 text-text-2" />
      </div>
      <div className="flex min-w-0 gap-2 pl-[18px] text-sm text-text-2">
        <span className={TONE_TEXT[ACT_TONE[state]]}>{state}</span>
        <span className="truncate">{[actorName(row.actor), whereOf(row)].filter(Boolean).join(" · ")}</span>
      </div>
    </div>
  );
}

interface RecordRowProps {
  row: AuditRow | undefined;
  index: number;
  /** Its own address. */
  href: string;
  columns: readonly ColumnId[];
  narrow: boolean;
  utc: boolean;
  open: boolean;
  cursor: boolean;
}

export const RecordRow = memo(function RecordRow(props: RecordRowProps) {
  const { row, index, href, columns, narrow, utc, open, cursor } = props;
  return (
    <div
      role="row"
      id={`row-${index}`}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={open}
      className={cx(
        "list-row border-b border-line",
        narrow ? "h-[52px]" : "h-(--row)",
        open ? "bg-accent-soft" : "hover:bg-raised-1",
        (open || cursor) && "shadow-[inset_2px_0_0_var(--accent)]",
      )}
    >
      {!row ? (
        <div role="gridcell" className="col-span-full flex items-center gap-6 px-4">
          <Skeleton className="h-3 w-36" />
          <Skeleton className="h-3 w-20" />
          <Skeleton className="h-3 w-52" />
        </div>
      ) : narrow ? (
        <TwoLines row={row} href={href} />
      ) : (
        columns.map((id) => (
          <div
            key={id}
            role="gridcell"
            className={cx(
              "flex min-w-0 items-center self-stretch px-2 first:pl-4",
              id === "took" && "justify-end",
            )}
          >
            {cell(id, row, href, utc)}
          </div>
        ))
      )}
    </div>
  );
});
