import { useState } from "react";
import type { NodeCapacity } from "@/api/contract";
import { ObjectLink } from "@/components/object-link";
import { formatPercent } from "@/lib/quantity";
import { Button } from "@/ui/button";
import { ToneMark } from "@/ui/tone-mark";
import { nodeBars, type NodeBar, type Resource } from "./node-bars";

const HEIGHT = 48;
const STEP = 7;

const height = (part: number) => Math.min(1, Math.max(0, part)) * HEIGHT;
const percent = (part: number | null) => (part === null ? "not measured" : formatPercent(part, 1));

function Column({ bar, at }: { bar: NodeBar; at: number }) {
  const requested = height(bar.requested);
  const used = height(bar.used ?? 0);
  const fill =
    bar.tone === "danger" ? "fill-danger" : bar.tone === "warning" ? "fill-warning" : "fill-accent";
  return (
    <g transform={`translate(${at * STEP} 0)`}>
      <title>{`${bar.node}: ${percent(bar.used)} used, ${percent(bar.requested)} requested`}</title>
      <rect width={STEP - 2} height={HEIGHT} className="fill-bar-track" />
      <rect y={HEIGHT - requested} width={STEP - 2} height={requested} className="fill-bar-fill" />
      {bar.used !== null && <rect y={HEIGHT - used} width={STEP - 2} height={used} className={fill} />}
    </g>
  );
}

function Strip({ bars, resource }: { bars: NodeBar[]; resource: Resource }) {
  const width = Math.max(1, bars.length) * STEP;
  const over = bars.filter((bar) => bar.requested >= 0.9).length;
  return (
    <div className="mt-2">
      <div className="flex justify-between text-xs text-text-3">
        <span>
          {resource}, {bars.length} nodes, fullest first · {over} above 90 % requested
        </span>
        <span>100 % of allocatable</span>
      </div>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${resource} of ${bars.length} nodes, ${over} above 90 % requested`}
        className="h-12 w-full border-t border-b border-line"
        style={{ maxWidth: width * 2 }}
      >
        {bars.map((bar, at) => (
          <Column key={bar.node} bar={bar} at={at} />
        ))}
      </svg>
    </div>
  );
}

function NodeTable({ cluster, nodes }: { cluster: string; nodes: readonly NodeCapacity[] }) {
  const memory = nodeBars(nodes, "memory");
  return (
    <table className="mt-2 w-full border-collapse text-left">
      <thead>
        <tr className="border-b border-line text-sm text-text-2">
          {["Node", "CPU used", "CPU requested", "Memory used", "Memory requested", "Pods"].map(
            (head, at) => (
              <th key={head} scope="col" className={`h-7 pr-4 font-normal ${at > 0 ? "text-right" : ""}`}>
                {head}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {nodeBars(nodes, "cpu").map((cpu, at) => (
          <tr key={cpu.node} className="h-7 border-b border-line">
            <td className="pr-4">
              <span className="flex items-center gap-1.5">
                <ToneMark tone={cpu.tone} label={cpu.tone} />
                <ObjectLink object={{ cluster, kind: "nodes", name: cpu.node }} />
              </span>
            </td>
            {[
              percent(cpu.used),
              percent(cpu.requested),
              percent(memory[at]?.used ?? null),
              percent(memory[at]?.requested ?? null),
            ].map((text, cell) => (
              <td key={cell} className="mono pr-4 text-right">
                {text}
              </td>
            ))}
            <td className="mono pr-4 text-right">
              {nodes[at]?.pods.requested}/{nodes[at]?.pods.allocatable}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Every node as a column: requested behind used. The same as a table is one click away. */
export function NodeCapacityView({ cluster, nodes }: { cluster: string; nodes: readonly NodeCapacity[] }) {
  const [table, setTable] = useState(false);
  return (
    <section aria-label="nodes" className="mt-8">
      <h3 className="label flex items-center justify-between font-medium">
        Capacity by node
        <Button look="quiet" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? "as a picture" : "as a table"}
        </Button>
      </h3>
      {table ? (
        <NodeTable cluster={cluster} nodes={nodes} />
      ) : (
        <div className="grid gap-x-8 lg:grid-cols-2">
          <Strip bars={nodeBars(nodes, "cpu")} resource="cpu" />
          <Strip bars={nodeBars(nodes, "memory")} resource="memory" />
        </div>
      )}
      <p className="label mt-1 flex gap-4">
        <span>
          <span className="mr-1 inline-block size-2 bg-accent" />
          used
        </span>
        <span>
          <span className="mr-1 inline-block size-2 bg-bar-fill" />
          requested
        </span>
      </p>
    </section>
  );
}
