import type { Workload } from "@/api/aws-contract";
import { Link } from "@/components/link";
import { ClusterText } from "@/components/cluster-text";
import { AWS_TAB } from "@/lib/aws-place";
import { resourceOf } from "@/lib/kind-title";
import { openHref } from "@/lib/place";

const WORDS: Record<string, string> = {
  pods: "pod",
  serviceaccounts: "service account",
  deployments: "deployment",
  statefulsets: "stateful set",
  daemonsets: "daemon set",
  replicasets: "replica set",
  jobs: "job",
  cronjobs: "cron job",
};

/** `deployment` of `deployments.apps`. */
export const workloadKind = (kind: string): string => WORDS[resourceOf(kind)] ?? resourceOf(kind);

interface WorkloadLinkProps {
  workload: Workload;
  /** Say what it is. */
  kind?: boolean;
  /** Say in which namespace. */
  namespace?: boolean;
  className?: string;
}

/** A workload's name is a link to what it may do in AWS. */
export function WorkloadLink({
  workload,
  kind = false,
  namespace = true,
  className = "",
}: WorkloadLinkProps) {
  return (
    <span className={`inline-flex max-w-full min-w-0 items-baseline gap-1.5 ${className}`}>
      {kind && <span className="shrink-0 text-sm text-text-3">{workloadKind(workload.kind)}</span>}
      <Link
        href={openHref(workload, AWS_TAB)}
        title={`${workload.kind} ${workload.namespace}/${workload.name}`}
        className="mono min-w-0 truncate hover:underline"
      >
        {namespace && <span className="text-text-2">{workload.namespace} / </span>}
        <ClusterText text={workload.name} />
      </Link>
    </span>
  );
}
