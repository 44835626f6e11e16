import { memo, type ReactNode } from "react";
import type { Cell as CellValue, Row } from "@/api/contract";
import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { hasInvisible } from "@/lib/invisible";
import { openHref } from "@/lib/place";
import { formatAbsolute, formatDuration } from "@/lib/age";
import { formatBytes, formatCount, formatCpu } from "@/lib/quantity";
import { Age } from "@/ui/age";
import { TONE_TEXT, ToneMark } from "@/ui/tone-mark";
import type { ShownColumn } from "./columns";

/** Kinds without namespaces that columns refer to. */
const CLUSTER_SCOPED =
  /^(nodes|namespaces|persistentvolumes|storageclasses\.|clusterroles\.|priorityclasses\.|nodepools\.|nodeclaims\.|ingressclasses\.)/;

/** A cell's value in words: what is copied, and what CSV gets. */
export function cellText(column: ShownColumn, row: Row): string {
  if (column.id === "name") return row.name;
  if (column.id === "namespace") return row.namespace ?? "";
  if (column.id === "cluster") return row.cluster;
  const value = row.cells[column.cell];
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(([key, text]) => `${key}=${text}`).join(",");
  return column.type === "age" ? formatAbsolute(value, true).replace(" ", "T") : String(value);
}

/** A heading for raw figures, which says their unit. */
export function headingText({ title, type }: ShownColumn): string {
  const unit = { cpu: "millicores", bytes: "bytes", duration: "seconds" }[type as string];
  return unit ? `${title} (${unit})` : title;
}

/** Text of a cluster; the longer way round only where something in it would be invisible. */
export function shownText(text: string): ReactNode {
  return hasInvisible(text) ? <ClusterText text={text} /> : text;
}

/** Figures in the unit people think in. */
export function figureText(column: ShownColumn, value: CellValue | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "number") return String(value);
  switch (column.type) {
    case "cpu":
      return formatCpu(value);
    case "bytes":
      return formatBytes(value);
    case "percent":
      return `${Math.round(value)} %`;
    case "duration":
      return formatDuration(value);
    default:
      return formatCount(value);
  }
}

function Labels({ labels }: { labels: [string, string][] }) {
  const text = labels.map(([key, value]) => (value ? `${key}=${value}` : key)).join("  ");
  return (
    <span className="mono truncate text-text-3" title={text}>
      {shownText(text)}
    </span>
  );
}

/** The contents of one cell, without the cell itself. */
export const CellContent = memo(function CellContent({ column, row }: { column: ShownColumn; row: Row }) {
  if (column.id === "name") return <span className="mono truncate">{shownText(row.name)}</span>;
  if (column.id === "namespace") return <span className="truncate text-text-2">{row.namespace}</span>;
  if (column.id === "cluster") return <span className="truncate text-text-2">{row.cluster}</span>;
  const value = row.cells[column.cell];
  if (value === null || value === undefined || value === "") return <span className="text-text-3">–</span>;
  if (Array.isArray(value)) return <Labels labels={value} />;
  switch (column.type) {
    case "status":
      return (
        <span
          className={`flex min-w-0 items-center gap-1.5 ${TONE_TEXT[row.tone]}`}
          title={row.note ?? undefined}
        >
          <ToneMark tone={row.tone} />
          <span className="truncate">
            {shownText(String(value))}
            {row.note && <span className="text-text-3"> · {shownText(row.note)}</span>}
          </span>
        </span>
      );
    case "age":
      return <Age at={value} className="mono whitespace-nowrap text-text-2" />;
    case "kindref":
      return column.ref && column.cell >= 0 ? (
        <Link
          href={openHref({
            cluster: row.cluster,
            kind: column.ref,
            namespace: CLUSTER_SCOPED.test(column.ref) ? null : (row.namespace ?? null),
            name: String(value),
          })}
          tabIndex={-1}
          className="mono truncate text-text-2 hover:text-text-1 hover:underline"
          title={String(value)}
        >
          {shownText(String(value))}
        </Link>
      ) : (
        <span className="mono truncate text-text-2">{shownText(String(value))}</span>
      );
    case "text":
    case "name":
      return (
        <span className="truncate text-text-2" title={String(value)}>
          {shownText(String(value))}
        </span>
      );
    default:
      return (
        <span className={`mono truncate ${value === 0 ? "text-text-3" : ""}`}>
          {shownText(figureText(column, value))}
        </span>
      );
  }
});
