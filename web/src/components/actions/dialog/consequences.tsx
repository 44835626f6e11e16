import type { Problem } from "@/api/contract";
import { Needs } from "@/components/gaps";
import { useKubectlTarget } from "@/components/use-kubectl";
import { kubectlHere } from "@/lib/kubectl";
import { Button } from "@/ui/button";
import { SkeletonLines } from "@/ui/skeleton";
import { ToneMark } from "@/ui/tone-mark";
import { DrainPlan } from "./drain-plan";
import { KubectlLines } from "./kubectl-lines";
import { Notices } from "./notices";
import { Targets } from "./targets";
import { isDoable, type ClusterConsequence, type Consequences } from "./use-consequences";

/** Why something could not be asked or done, with the permission that is missing. */
export function ProblemLine({ cluster, problem }: { cluster: string; problem: Problem }) {
  return (
    <div role="alert" className="flex items-baseline gap-1.5 rounded border border-line px-3 py-2">
      <ToneMark tone={problem.status === 403 ? "unknown" : "danger"} className="translate-y-px" />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <p>
          <span className="font-medium">{cluster}</span>: {problem.detail || problem.title}
        </p>
        {problem.needs && problem.needs.length > 0 && (
          <p className="text-sm text-text-2">
            Needs <Needs needs={problem.needs} />
          </p>
        )}
        {problem.requestId && <p className="label">request {problem.requestId}</p>}
      </div>
    </div>
  );
}

/** More verdicts than this are counted. */
const FEW = 5;

function DryRuns({ clusters }: { clusters: ClusterConsequence[] }) {
  const runs = clusters
    .flatMap(({ preview }) => preview?.targets ?? [])
    .flatMap(({ dryRun }) => dryRun ?? []);
  if (runs.length <= FEW) return null;
  const accepted = runs.filter((run) => run.accepted).length;
  return (
    <p className="flex items-center gap-1.5 text-sm text-text-2">
      <ToneMark tone={accepted === runs.length ? "ok" : "danger"} />
      Dry run accepted by the API server for {accepted === runs.length ? "all" : `${accepted} of`}{" "}
      {runs.length}
    </p>
  );
}

/** What the API servers say that would happen. */
export function ConsequenceView({ consequences }: { consequences: Consequences }) {
  const { clusters, stale, again } = consequences;
  const target = useKubectlTarget();
  if (clusters.length === 0) return stale ? <SkeletonLines count={4} /> : null;
  const previews = clusters.flatMap(({ cluster, preview }) =>
    (preview?.targets ?? []).map((each) => ({ ...each, cluster })),
  );
  const problems = clusters.flatMap(({ cluster, problem }) => (problem ? [{ cluster, problem }] : []));
  const lines = previews
    .filter((preview) => isDoable(preview) && preview.kubectl)
    .map(({ cluster, kubectl }) => kubectlHere(target(cluster), kubectl));
  return (
    <div className={`flex flex-col gap-3 ${stale ? "opacity-60" : ""}`} aria-busy={stale}>
      {problems.map(({ cluster, problem }) => (
        <ProblemLine key={cluster} cluster={cluster} problem={problem} />
      ))}
      {problems.length > 0 && (
        <div>
          <Button onClick={again}>Ask again</Button>
        </div>
      )}
      <Notices notices={clusters.flatMap(({ preview }) => preview?.warnings ?? [])} />
      {previews.length > 0 && <Targets previews={previews} />}
      {clusters.map(
        ({ cluster, preview }) =>
          preview?.drain && <DrainPlan key={cluster} cluster={cluster} pods={preview.drain.pods} />,
      )}
      <DryRuns clusters={clusters} />
      <KubectlLines lines={lines} />
    </div>
  );
}
