import type { Amounts, Capacity } from "@/api/contract";
import { formatBytes, formatCpu, formatPercent } from "@/lib/quantity";
import { Bar } from "@/ui/bar";

interface Measure {
  label: string;
  amounts: Amounts;
  format: (value: number) => string;
}

/** `cpu: 96 of 240 cores used, 180 cores requested`. */
export function capacityWords({ label, amounts, format }: Measure): string {
  const { allocatable, requested, used } = amounts;
  const use =
    used === null || used === undefined
      ? "use not measured"
      : `${format(used)} used (${formatPercent(used, allocatable)})`;
  return `${label}: ${use}, ${format(requested)} requested (${formatPercent(requested, allocatable)}) of ${format(allocatable)}`;
}

function fullness({ allocatable, requested, used }: Amounts): "accent" | "warning" | "danger" {
  const share = allocatable > 0 ? Math.max(used ?? 0, requested) / allocatable : 0;
  return share >= 1 ? "danger" : share >= 0.9 ? "warning" : "accent";
}

export const measures = (capacity: Pick<Capacity, "cpu" | "memory">): Measure[] => [
  { label: "cpu", amounts: capacity.cpu, format: formatCpu },
  { label: "memory", amounts: capacity.memory, format: formatBytes },
];

/** Two small bars: requested behind used, of what can be allocated. */
export function CapacityBars({ capacity }: { capacity: Pick<Capacity, "cpu" | "memory"> }) {
  return (
    <div className="flex flex-col gap-1">
      {measures(capacity).map((measure) => (
        <div key={measure.label} className="flex items-center gap-2">
          <span className="mono w-8 text-[11px]/3 text-text-3">{measure.label.slice(0, 3)}</span>
          <Bar
            total={measure.amounts.allocatable}
            requested={measure.amounts.requested}
            used={measure.amounts.used ?? null}
            tone={fullness(measure.amounts)}
            label={capacityWords(measure)}
            className="h-[5px] w-28"
          />
        </div>
      ))}
    </div>
  );
}

/** The same with its figures beside it, for a page about one cluster. */
export function CapacityFigures({ capacity }: { capacity: Capacity }) {
  const { pods } = capacity;
  return (
    <div className="flex flex-col gap-2">
      {measures(capacity).map((measure) => {
        const { allocatable, requested, used } = measure.amounts;
        return (
          <div key={measure.label} className="grid grid-cols-[64px_minmax(0,1fr)] items-center gap-x-3">
            <span className="text-text-3">{measure.label}</span>
            <span className="mono">
              {used === null || used === undefined ? (
                <span className="text-text-3">use not measured</span>
              ) : (
                <>{measure.format(used)} used</>
              )}
              <span className="text-text-2"> · {measure.format(requested)} requested</span>
              <span className="text-text-3"> of {measure.format(allocatable)}</span>
            </span>
            <Bar
              total={allocatable}
              requested={requested}
              used={used ?? null}
              tone={fullness(measure.amounts)}
              label={capacityWords(measure)}
              className="col-start-2 h-1.5 w-full max-w-md"
            />
          </div>
        );
      })}
      <div className="grid grid-cols-[64px_minmax(0,1fr)] items-center gap-x-3">
        <span className="text-text-3">pods</span>
        <span className="mono">
          {pods.requested}
          <span className="text-text-3"> of {pods.allocatable} places</span>
        </span>
        <Bar
          total={pods.allocatable}
          used={pods.requested}
          tone="neutral"
          label={`${pods.requested} of ${pods.allocatable} places for pods taken`}
          className="col-start-2 h-1.5 w-full max-w-md"
        />
      </div>
    </div>
  );
}
