import { ClusterText } from "@/components/cluster-text";
import { formatBytes, formatCpu } from "@/lib/quantity";
import type { Cell, Column } from "@/api/contract";
import { Age } from "@/ui/age";
import { Definition, DefinitionRows, Section } from "@/ui/definition-rows";
import { useDetail } from "../detail-context";
import { useRow } from "../use-row";

function CellView({ column, cell }: { column: Column; cell: Exclude<Cell, null> }) {
  if (Array.isArray(cell))
    return <span className="mono">{cell.map(([key, value]) => `${key}=${value}`).join(" ")}</span>;
  if (column.type === "age") return <Age at={cell} className="mono" />;
  if (typeof cell === "number" && column.type === "cpu")
    return <span className="mono">{formatCpu(cell)}</span>;
  if (typeof cell === "number" && column.type === "bytes")
    return <span className="mono">{formatBytes(cell)}</span>;
  return (
    <span className="mono [overflow-wrap:anywhere]">
      <ClusterText text={String(cell)} />
    </span>
  );
}

/** What the kind's author thought worth a column. */
export function PrinterBlock() {
  const { ref, gone } = useDetail();
  const { data } = useRow(ref, !gone);
  if (!data) return null;
  const shown = data.columns.flatMap((column, at) => {
    const cell = data.row.cells[at];
    return cell === null || cell === undefined || cell === "" || column.type === "labels"
      ? []
      : [{ column, cell }];
  });
  if (shown.length === 0) return null;
  return (
    <Section title="At a glance">
      <DefinitionRows>
        {shown.map(({ column, cell }) => (
          <Definition key={column.id} label={column.title}>
            <CellView column={column} cell={cell} />
          </Definition>
        ))}
      </DefinitionRows>
    </Section>
  );
}
