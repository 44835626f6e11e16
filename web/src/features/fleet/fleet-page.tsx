import { useState } from "react";
import { useFleet } from "@/api/queries";
import { ClusterText } from "@/components/cluster-text";
import { ErrorNotice } from "@/components/error-notice";
import { Gaps } from "@/components/gaps";
import { SignalList } from "@/components/signal-list";
import { formatClock } from "@/lib/age";
import { isComplete, useSettled } from "@/components/use-settled";
import { Skeleton, SkeletonLines } from "@/ui/skeleton";
import { TONE_TEXT } from "@/ui/tone-mark";
import { ClusterRow } from "./cluster-row";
import { fleetVerdict, groupClusters, type Group } from "./verdict";

/** A cluster that is slow to answer holds the page's sentence back for this long. */
const PATIENCE_MS = 2_500;

/** Of fixed width, but for the sentence: nothing moves when figures arrive. */
const HEADS = [
  ["Cluster", "w-52 max-xl:w-44"],
  ["Health", ""],
  ["Pods", "w-36 max-xl:w-32"],
  ["Nodes", "w-20 max-xl:hidden"],
  ["Used / requested", "w-44 max-xl:hidden"],
  ["Version", "w-28 max-xl:hidden"],
  ["Seen", "w-24 max-xl:w-20"],
] as const;

/** Columns on the narrowest screen that has columns: a heading that spans more would make room for them. */
const ALWAYS_SHOWN = 4;

function ClusterTable({ groups }: { groups: Group[] }) {
  return (
    <table className="w-full table-fixed border-collapse text-left max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b border-line text-sm text-text-2">
          {HEADS.map(([head, width]) => (
            <th key={head} scope="col" className={`h-7 pr-4 font-normal ${width}`}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      {groups.map(({ environment, clusters }) => (
        <tbody key={environment} className="max-md:block">
          {groups.length > 1 && (
            <tr className="max-md:block">
              <th colSpan={ALWAYS_SHOWN} scope="rowgroup" className="label pt-3 font-normal">
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
  const settled = useSettled(isComplete(fleet.data), PATIENCE_MS);
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
  const { data, asOf } = fleet.data;
  const gaps = [...fleet.data.gaps, ...data.clusters.flatMap((each) => each.gaps)];
  const verdict = fleetVerdict(data);
  const groups = groupClusters(data.clusters, text);
  return (
    <div className="h-full overflow-auto px-6 py-5 max-md:px-3" tabIndex={-1}>
      {settled ? (
        <h2 className={`text-xl font-semibold ${TONE_TEXT[verdict.tone]}`}>{verdict.title}</h2>
      ) : (
        <Skeleton className="my-1 h-5 w-72 max-w-full" />
      )}
      <p className="mt-1 line-clamp-3 h-[22px] text-md text-text-2 max-md:h-[66px] md:truncate">
        {settled && <ClusterText text={verdict.sentence} />}
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
        {settled ? (
          <SignalList signals={data.signals} total={data.signalsTotal} fleet partial={gaps.length > 0} />
        ) : (
          <SkeletonLines count={8} />
        )}
      </section>
      {settled && (
        <>
          <Gaps gaps={gaps} className="mt-6" />
          <p className="label mt-4">as of {formatClock(asOf)}</p>
        </>
      )}
    </div>
  );
}
