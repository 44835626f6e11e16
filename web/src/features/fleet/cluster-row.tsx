import type { FleetCluster } from "@/api/contract";
import { useNotAdmitted } from "@/components/admission";
import { CapacityBars } from "@/components/capacity-bars";
import { ClusterText } from "@/components/cluster-text";
import { ENVIRONMENT_BG } from "@/components/environment";
import { Link } from "@/components/link";
import { StateMark, stateReason } from "@/components/state-mark";
import { listHref, overviewHref } from "@/lib/place";
import { formatCount } from "@/lib/quantity";
import { formatAccount } from "@/lib/text";
import { Status, TONE_TEXT, ToneMark } from "@/ui/tone-mark";

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
    <span className="flex flex-wrap items-baseline gap-x-2">
      <Link href={listHref(cluster.id, "pods")} className="mono hover:underline md:w-full">
        {formatCount(pods.total)}
        <span className="font-sans text-sm text-text-3 md:hidden"> pods</span>
      </Link>
      {pods.failing > 0 && (
        <Link
          href={listHref(cluster.id, "pods", { filter: "status:failing" })}
          className="text-sm text-danger hover:underline"
        >
          {formatCount(pods.failing)} failing
        </Link>
      )}
      {pods.pending > 0 && (
        <Link
          href={listHref(cluster.id, "pods", { filter: "status:pending" })}
          className="text-sm text-warning hover:underline"
        >
          {formatCount(pods.pending)} pending
        </Link>
      )}
    </span>
  );
}

function HealthSentence({ tone, sentence }: FleetCluster["health"]) {
  return (
    <span className={`flex items-baseline gap-1.5 ${TONE_TEXT[tone]}`}>
      <ToneMark tone={tone} />
      <span className="line-clamp-2 [overflow-wrap:anywhere]" title={sentence}>
        <ClusterText text={sentence} />
      </span>
    </span>
  );
}

/** `v1.33.4-eks-99d6cc0`: the release in the first line, whose build it is in the second. */
function Version({ version }: { version?: string | null | undefined }) {
  const [, release, build] = /^v?(\d[\d.]*)[-+]?(.*)$/.exec(version ?? "") ?? [];
  if (!release) return version ? <>{version}</> : UNKNOWN;
  return (
    <span title={version ?? undefined}>
      {release} <span className="block truncate text-text-3">{build}</span>
    </span>
  );
}

/** One cluster: which it is, how it is, how full it is, when it was seen. */
export function ClusterRow({ item }: { item: FleetCluster }) {
  const { cluster, health, nodes, pods, capacity } = item;
  const refused = useNotAdmitted(cluster.id);
  return (
    <tr className="h-14 border-b border-line max-md:block max-md:h-auto max-md:min-h-36 max-md:py-2">
      <td className="py-2 pr-4 max-md:block max-md:py-0.5">
        <Name cluster={cluster} />
      </td>
      <td className="pr-4 max-md:block max-md:py-0.5">
        <HealthSentence
          {...(refused === null
            ? health
            : { tone: "unknown" as const, sentence: `does not admit you: ${refused}` })}
        />
      </td>
      <td className="pr-4 max-md:block max-md:py-0.5">
        <Pods cluster={cluster} pods={pods} />
      </td>
      <td className="mono pr-4 max-xl:hidden">
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
      <td className="pr-4 max-xl:hidden max-md:block max-md:py-0.5">
        {capacity ? (
          <CapacityBars capacity={capacity} />
        ) : (
          <span className="hatched inline-block h-3 w-36 rounded-sm" title="not measured" />
        )}
      </td>
      <td className="mono pr-4 max-xl:hidden">
        <Version version={cluster.version} />
      </td>
      <td className="max-md:block max-md:py-0.5" title={refused ?? stateReason(cluster.state)}>
        {refused === null ? (
          <StateMark state={cluster.state} />
        ) : (
          <Status tone="unknown" className="text-sm">
            not admitted
          </Status>
        )}
      </td>
    </tr>
  );
}
