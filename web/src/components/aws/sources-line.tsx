import type { AwsAnswer, AwsStatus } from "@/api/aws-contract";
import { useAwsStatus } from "@/api/aws-queries";
import { stateReason } from "@/components/state-mark";
import { formatClock } from "@/lib/age";
import { Age } from "@/ui/age";
import { PART_STATE_WORDS } from "./words";

type Part = AwsStatus["parts"][number];

/** The parts of AWS that every answer rests on; the others are told one by one where somebody asks. */
const MAIN: Partial<Record<Part["part"], string>> = { eks: "EKS", iam: "IAM", organization: "organisation" };

/** How old what was read of AWS is. */
function AwsAges({ cluster }: { cluster: string }) {
  const parts = useAwsStatus(cluster).data?.data.parts ?? [];
  return parts
    .filter(({ part }) => MAIN[part])
    .map(({ part, at, state }) => (
      <span key={part}>
        {" · "}
        {MAIN[part]} {at ? <Age at={at} /> : PART_STATE_WORDS[state]}
        {at && state !== "live" && ` (${PART_STATE_WORDS[state]})`}
      </span>
    ));
}

interface SourcesLineProps {
  answer: AwsAnswer<unknown>;
  /** Whose AWS it rests on; none where it rests on that of several. */
  cluster?: string | undefined;
  className?: string;
}

/** When the answer was made, and how old what it was made from is. */
export function SourcesLine({ answer, cluster, className = "" }: SourcesLineProps) {
  const sources = [...new Map(answer.sources.map((source) => [source.what, source])).values()];
  return (
    <p className={`label ${className}`}>
      as of <span title={answer.asOf}>{formatClock(answer.asOf)}</span>
      {cluster !== undefined && <AwsAges cluster={cluster} />}
      {sources.map(({ what, at, state }) => (
        <span key={what} title={stateReason(state) || undefined}>
          {" · "}
          {what} {state.phase === "live" ? "live" : <Age at={at} />}
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
