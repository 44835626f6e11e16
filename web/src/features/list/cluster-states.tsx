import type { ClusterPart } from "@/api/contract";
import { Gaps } from "@/components/gaps";
import { StateMark, stateReason } from "@/components/state-mark";

/**
 * What keeps a list from being whole, one line for each cluster that is not live. Stands below the
 * rows, beside their count, so that its coming and going moves no row.
 */
export function ClusterStates({ parts }: { parts: readonly ClusterPart[] }) {
  const troubled = parts.filter(({ state }) => state.phase !== "live" && state.phase !== "idle");
  const gaps = parts.flatMap((part) => part.gaps);
  if (troubled.length === 0 && gaps.length === 0) return null;
  return (
    <div className="flex flex-col gap-1 border-t border-line px-4 py-1.5" role="status">
      {troubled.map(({ cluster, state }) => (
        <div key={cluster} className="flex min-w-0 flex-wrap items-center gap-x-3">
          <StateMark state={state} name={cluster} />
          <span className="min-w-0 truncate text-sm text-text-3" title={stateReason(state)}>
            {stateReason(state)}
          </span>
        </div>
      ))}
      <Gaps gaps={gaps} />
    </div>
  );
}
