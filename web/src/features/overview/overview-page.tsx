import type { ReactNode } from "react";
import type { Overview } from "@/api/contract";
import { useOverview } from "@/api/queries";
import { CapacityFigures } from "@/components/capacity-bars";
import { ClusterText } from "@/components/cluster-text";
import { ErrorNotice } from "@/components/error-notice";
import { Gaps } from "@/components/gaps";
import { Link } from "@/components/link";
import { SignalList } from "@/components/signal-list";
import { isComplete, useSettled } from "@/components/use-settled";
import { formatClock } from "@/lib/age";
import { listHref } from "@/lib/place";
import { plural } from "@/lib/quantity";
import { SkeletonLines } from "@/ui/skeleton";
import { TONE_TEXT, ToneMark } from "@/ui/tone-mark";
import { NodeCapacityView } from "./node-strip";
import { PodPhases } from "./pod-phases";
import { RolloutList } from "./rollout-list";
import { WarningList } from "./warning-list";

function Part({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="mt-8">
      <h3 className="label mb-1 flex justify-between font-medium">
        {title}
        {aside}
      </h3>
      {children}
    </section>
  );
}

/** The figures under the verdict: how many nodes and pods, each a link to its list. */
function Facts({ overview }: { overview: Overview }) {
  const { cluster, nodes, pods } = overview;
  return (
    <p className="mt-1 flex min-h-[22px] flex-wrap gap-x-4 text-md text-text-2">
      {nodes ? (
        <Link href={listHref(cluster.id, "nodes")} className="hover:underline">
          {nodes.ready} of {plural(nodes.total, "node")} ready
        </Link>
      ) : (
        <span>nodes not known</span>
      )}
      {pods ? (
        <Link href={listHref(cluster.id, "pods")} className="hover:underline">
          {plural(pods.total, "pod")}
        </Link>
      ) : (
        <span>pods not known</span>
      )}
      {cluster.version && <span className="mono self-center">{cluster.version}</span>}
    </p>
  );
}

const NOT_MEASURED = (
  <div className="hatched h-8 max-w-md rounded" role="img" aria-label="not known" title="not known" />
);

/** A kind that is slow to come holds the page back for this long. */
const PATIENCE_MS = 2_500;

/** How is this cluster, and what in it needs somebody? */
export function OverviewPage({ cluster }: { cluster: string }) {
  const overview = useOverview(cluster);
  const settled = useSettled(isComplete(overview.data), PATIENCE_MS);
  if (overview.error && !overview.data) {
    return (
      <ErrorNotice
        error={overview.error}
        what={`overview of ${cluster}`}
        onRetry={() => void overview.refetch()}
      />
    );
  }
  if (!overview.data || !settled) {
    return (
      <div className="px-6 py-5">
        <SkeletonLines count={12} />
      </div>
    );
  }
  const { data, gaps, asOf } = overview.data;
  return (
    <div className="h-full overflow-auto px-6 py-5 max-md:px-3" tabIndex={-1}>
      <h2
        className={`grid grid-cols-[12px_minmax(0,1fr)] items-baseline gap-2.5 text-xl font-semibold [overflow-wrap:anywhere] ${TONE_TEXT[data.health.tone]}`}
      >
        <ToneMark tone={data.health.tone} className="size-3!" />
        <span>
          <ClusterText text={data.health.sentence} />
        </span>
      </h2>
      <Facts overview={data} />
      <Part title="Attention">
        <SignalList signals={data.attention} total={data.attentionTotal} partial={gaps.length > 0} />
      </Part>
      <div className="grid gap-x-10 lg:grid-cols-2">
        <Part title="Pods by phase">
          {data.pods ? <PodPhases cluster={cluster} pods={data.pods} /> : NOT_MEASURED}
        </Part>
        <Part title="Capacity">
          {data.capacity ? <CapacityFigures capacity={data.capacity} /> : NOT_MEASURED}
        </Part>
      </div>
      {data.nodeCapacity.length > 0 && <NodeCapacityView cluster={cluster} nodes={data.nodeCapacity} />}
      <div className="grid gap-x-10 xl:grid-cols-2">
        <Part title="Rollouts">
          <RolloutList rollouts={data.rollouts} partial={gaps.length > 0} />
        </Part>
        <Part
          title="Recent warnings"
          aside={
            <Link href={listHref(cluster, "events", { filter: "type:Warning" })} className="link">
              all events
            </Link>
          }
        >
          <WarningList warnings={data.warnings} partial={gaps.length > 0} />
        </Part>
      </div>
      <Gaps gaps={gaps} className="mt-8" />
      <p className="label mt-4">as of {formatClock(asOf)}</p>
    </div>
  );
}
