import { useEffect, useState } from "react";
import type { ClusterPart, Problem } from "@/api/contract";
import { Needs } from "@/components/gaps";
import { stateReason } from "@/components/state-mark";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { Skeleton } from "@/ui/skeleton";
import { scopeWords } from "./scope";

interface ListEmptyProps {
  title: string;
  ready: boolean;
  problem: Problem | null;
  parts: readonly ClusterPart[];
  filter: string;
  namespaces: string[];
  onClear: () => void;
}

const PATIENCE_MS = 10_000;

/** Rows on their way; after ten seconds, why they are not here yet. */
function Waiting({ title, parts }: { title: string; parts: readonly ClusterPart[] }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (late) {
    const reasons = parts.map(
      ({ cluster, state }) =>
        `${cluster}: ${state.phase}${stateReason(state) ? `, ${stateReason(state)}` : ""}`,
    );
    return (
      <EmptyState tone="unknown" title={`${title} have not arrived for 10 s`}>
        {reasons.length > 0
          ? reasons.join(" · ")
          : "Periscope has not answered yet; the list appears as soon as it does."}
      </EmptyState>
    );
  }
  return (
    <div role="status" aria-label={`loading ${title}`} className="pt-7">
      {Array.from({ length: 14 }, (_, at) => (
        <div key={at} className="flex h-(--row) items-center gap-8 border-b border-line pr-4 pl-10">
          <Skeleton className={`h-3 ${["w-56", "w-44", "w-64", "w-48"][at % 4] ?? ""}`} />
          <Skeleton className="h-3 w-20" />
          <Skeleton className="h-3 w-28" />
        </div>
      ))}
    </div>
  );
}

/** No rows, and why: a list that was refused or cannot be reached is not an empty one. */
export function ListEmpty({ title, ready, problem, parts, filter, namespaces, onClear }: ListEmptyProps) {
  if (problem && problem.code !== "filter_invalid") {
    return (
      <EmptyState tone="unknown" title={problem.title}>
        <p>{problem.detail}</p>
        {problem.needs && problem.needs.length > 0 && (
          <p>
            Needs <Needs needs={problem.needs} />
          </p>
        )}
      </EmptyState>
    );
  }
  if (problem) {
    return (
      <EmptyState title="The filter does not parse">
        Terms stand apart by blanks and must all hold: <code className="mono">api</code>,{" "}
        <code className="mono">!kube-system</code>, <code className="mono">status:failing,pending</code>,{" "}
        <code className="mono">label:app=web</code>, <code className="mono">restarts:&gt;5</code>,{" "}
        <code className="mono">/^api-/</code>.
      </EmptyState>
    );
  }
  const refused = parts.filter(({ state }) => state.phase === "refused");
  const away = parts.filter(({ state }) => state.phase === "unreachable");
  if (!ready || parts.some(({ state }) => state.phase === "connecting" || state.phase === "idle"))
    return <Waiting title={title} parts={parts} />;
  if (refused.length > 0 && refused.length + away.length === parts.length) {
    return (
      <EmptyState tone="unknown" title={`${title}: refused`}>
        {refused.map(({ cluster, state }) => (
          <p key={cluster}>
            {cluster} does not let you see them.{" "}
            {state.needs && state.needs.length > 0 ? (
              <>
                Needs <Needs needs={state.needs} />
              </>
            ) : (
              state.reason
            )}
          </p>
        ))}
      </EmptyState>
    );
  }
  if (away.length > 0 && away.length === parts.length) {
    return (
      <EmptyState tone="danger" title={`${away.map((part) => part.cluster).join(", ")} cannot be reached`}>
        {away.map(({ state }) => stateReason(state)).join(" · ")}
      </EmptyState>
    );
  }
  const where = scopeWords(parts, namespaces);
  if (!filter && parts.some((part) => part.gaps.length > 0)) {
    return (
      <EmptyState tone="unknown" title={`No ${title.toLowerCase()} that you may see`}>
        Asked in {where}. What is missing from this answer stands below.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={filter ? `No ${title.toLowerCase()} match` : `No ${title.toLowerCase()}`}
      actions={filter && <Button onClick={onClear}>Clear the filter</Button>}
    >
      {filter ? (
        <>
          Asked for <code className="mono">{filter}</code> in {where}.
        </>
      ) : (
        <>Asked in {where}; the answer was an empty list.</>
      )}
    </EmptyState>
  );
}
