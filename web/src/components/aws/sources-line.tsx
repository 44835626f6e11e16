import type { AwsAnswer } from "@/api/aws-contract";
import { stateReason } from "@/components/state-mark";
import { formatClock } from "@/lib/age";
import { Age } from "@/ui/age";

/** When the answer was made, and how old what it was made from is. */
export function SourcesLine({ answer, className = "" }: { answer: AwsAnswer<unknown>; className?: string }) {
  return (
    <p className={`label ${className}`}>
      as of <span title={answer.asOf}>{formatClock(answer.asOf)}</span>
      {answer.sources.map(({ what, at, state }) => (
        <span key={what} title={stateReason(state) || undefined}>
          {" · "}
          {what} {state.phase === "live" && !at ? "live" : <Age at={at} />}
          {state.phase !== "live" && ` (${state.phase})`}
        </span>
      ))}
    </p>
  );
}

/** In which namespaces somebody may list pods, for they see of workloads only those. */
export function ScopeLine({ scope }: { scope: AwsAnswer<unknown>["scope"] }) {
  if (scope.clusterWide) return null;
  const { namespaces } = scope;
  return (
    <p className="label">
      {namespaces.length === 0
        ? "You may list pods in no namespace: of workloads nothing is shown."
        : `Workloads of the namespaces in which you may list pods: ${namespaces.join(", ")}.`}
    </p>
  );
}
