import { useState } from "react";
import { useFleet } from "@/api/queries";
import { ClusterText } from "@/components/cluster-text";
import { ErrorNotice } from "@/components/error-notice";
import { Gaps } from "@/components/gaps";
import { SignalList } from "@/components/signal-list";
import { formatClock } from "@/lib/age";
import { SkeletonLines } from "@/ui/skeleton";
import { TONE_TEXT } from "@/ui/tone-mark";
import { ClusterRow } from "./cluster-row";
import { fleetVerdict, groupClusters, type Group } from "./verdict";

const HEADS = ["Cluster", "Health", "Pods", "Nodes", "Used / requested", "Version", "Seen"];

function ClusterTable({ groups }: { groups: Group[] }) {
  return (
    <table className="w-full border-collapse text-left max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b border-line text-sm text-text-2">
          {HEADS.map((head) => (
            <th key={head} scope="col" className="h-7 pr-4 font-normal">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      {groups.map(({ environment, clusters }) => (
        <tbody key={environment} className="max-md:block">
          {groups.length > 1 && (
            <tr className="max-md:block">
              <th colSpan={HEADS.length} scope="rowgroup" className="label pt-3 font-normal">
                {environment}
              </th>
            </tr>
          )}
          {clusters.map((item) => (
            <ClusterRow key={item.cluster.id} item={item} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

/** Does anything need me, and where? */
export function FleetPage() {
  const fleet = useFleet();
  const [text, setText] = useState("");
  if (fleet.error && !fleet.data) {
    return <ErrorNotice error={fleet.error} what="the fleet" onRetry={() => void fleet.refetch()} />;
  }
  if (!fleet.data) {
    return (
      <div className="px-6 py-5">
        <SkeletonLines count={12} />
      </div>
    );
  }
  const { data, gaps, asOf } = fleet.data;
  const verdict = fleetVerdict(data);
  const groups = groupClusters(data.clusters, text);
  return (
    <div className="h-full overflow-auto px-6 py-5 max-md:px-3" tabIndex={-1}>
      <h2 className={`text-xl font-semibold ${TONE_TEXT[verdict.tone]}`}>{verdict.title}</h2>
      <p className="mt-1 min-h-[22px] text-md text-text-2">
        <ClusterText text={verdict.sentence} />
      </p>
      <section aria-label="clusters" className="mt-6">
        <div className="mb-1 flex items-center justify-between gap-3">
          <h3 className="label font-medium">Clusters</h3>
          {data.clusters.length > 3 && (
            <input
              type="search"
              value={text}
              onChange={(event) => setText(event.target.value)}
              placeholder="Find a cluster"
              aria-label="find a cluster"
              className="h-(--control) w-56 rounded border border-line-strong bg-raised-1 px-2"
            />
          )}
        </div>
        <ClusterTable groups={groups} />
        {groups.length === 0 && <p className="py-2 text-text-3">No cluster matches.</p>}
      </section>
      <section aria-label="attention" className="mt-8">
        <h3 className="label mb-1 font-medium">Attention</h3>
        <SignalList signals={data.signals} total={data.signalsTotal} fleet />
      </section>
      <Gaps gaps={[...gaps, ...data.clusters.flatMap((each) => each.gaps)]} className="mt-6" />
      <p className="label mt-4">as of {formatClock(asOf)}</p>
    </div>
  );
}
