import type { FleetCluster } from "@/api/contract";
import { CapacityBars } from "@/components/capacity-bars";
import { ENVIRONMENT_BG } from "@/components/environment";
import { Link } from "@/components/link";
import { StateMark, stateReason } from "@/components/state-mark";
import { listHref, overviewHref } from "@/lib/place";
import { formatCount } from "@/lib/quantity";
import { formatAccount } from "@/lib/text";
import { Status } from "@/ui/tone-mark";

const UNKNOWN = <span className="text-text-3">not known</span>;

function Name({ cluster }: Pick<FleetCluster, "cluster">) {
  const where = cluster.eks
    ? `${formatAccount(cluster.eks.accountId)} · ${cluster.eks.region}`
    : `not EKS · ${cluster.connection}`;
  return (
    <div className="flex min-w-0 items-center gap-3">
      <span aria-hidden className={`h-5 w-[3px] shrink-0 ${ENVIRONMENT_BG[cluster.environment]}`} />
      <span className="min-w-0">
        <Link href={overviewHref(cluster.id)} className="font-medium hover:underline">
          {cluster.name}
        </Link>
        <span className="block truncate text-sm text-text-3">{where}</span>
      </span>
    </div>
  );
}

function Pods({ cluster, pods }: Pick<FleetCluster, "cluster" | "pods">) {
  if (!pods) return UNKNOWN;
  return (
    <span className="mono flex flex-wrap gap-x-2">
      <Link href={listHref(cluster.id, "pods")} className="hover:underline">
        {formatCount(pods.total)}
      </Link>
      {pods.failing > 0 && (
        <Link
          href={listHref(cluster.id, "pods", { filter: "status:failing" })}
          className="text-danger hover:underline"
        >
          {formatCount(pods.failing)} failing
        </Link>
      )}
      {pods.pending > 0 && (
        <Link
          href={listHref(cluster.id, "pods", { filter: "status:pending" })}
          className="text-warning hover:underline"
        >
          {formatCount(pods.pending)} pending
        </Link>
      )}
    </span>
  );
}

/** One cluster: which it is, how it is, how full it is, when it was seen. */
export function ClusterRow({ item }: { item: FleetCluster }) {
  const { cluster, health, nodes, pods, capacity } = item;
  return (
    <tr className="border-b border-line max-md:block max-md:py-2">
      <td className="py-2 pr-4 max-md:block max-md:py-0.5">
        <Name cluster={cluster} />
      </td>
      <td className="pr-4 max-md:block max-md:py-0.5">
        <Status tone={health.tone}>{health.sentence}</Status>
      </td>
      <td className="pr-4 max-md:block max-md:py-0.5">
        <Pods cluster={cluster} pods={pods} />
      </td>
      <td className="mono pr-4 max-md:hidden">
        {nodes ? (
          <Link
            href={listHref(cluster.id, "nodes")}
            className={`hover:underline ${nodes.ready < nodes.total ? "text-warning" : ""}`}
          >
            {nodes.ready}/{nodes.total}
          </Link>
        ) : (
          UNKNOWN
        )}
      </td>
      <td className="pr-4 max-md:block max-md:py-0.5">
        {capacity ? (
          <CapacityBars capacity={capacity} />
        ) : (
          <span className="hatched inline-block h-3 w-36 rounded-sm" title="not measured" />
        )}
      </td>
      <td className="mono pr-4 max-md:hidden">{cluster.version?.replace(/^v/, "") ?? UNKNOWN}</td>
      <td className="max-md:block max-md:py-0.5" title={stateReason(cluster.state)}>
        <StateMark state={cluster.state} />
      </td>
    </tr>
  );
}
