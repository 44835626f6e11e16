import { useState } from "react";
import type { Finding, Workload } from "@/api/aws-contract";
import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { accessHref, AWS_TAB } from "@/lib/aws-place";
import { openHref } from "@/lib/place";
import { plural } from "@/lib/quantity";
import { Command } from "./command";
import { SeverityMark } from "./severity-mark";
import { WorkloadLink } from "./workload-link";

const SHOWN = 6;

/** Where what a finding is about has a place of its own. */
function subjectHref({ cluster, subject, workloads }: Finding): string | null {
  const { kind, namespace, name, arn } = subject;
  if (kind === "role" && arn) return accessHref(cluster, { tab: "roles", open: arn });
  if (kind === "principal" && arn) return accessHref(cluster, { open: arn });
  if ((kind === "serviceAccount" || kind === "association") && namespace)
    return accessHref(cluster, { tab: "service-accounts", open: `${namespace}/${name}` });
  const workload = workloads.find((each) => each.name === name && each.namespace === namespace);
  return workload ? openHref(workload, AWS_TAB) : null;
}

function Subject({ finding }: { finding: Finding }) {
  const { kind, namespace, name, arn } = finding.subject;
  const href = subjectHref(finding);
  const words = (
    <>
      {namespace && <span className="text-text-2">{namespace} / </span>}
      <ClusterText text={name} />
    </>
  );
  const look = "mono min-w-0 [overflow-wrap:anywhere]";
  const title = arn ?? `${kind} ${name}`;
  return href ? (
    <Link href={href} title={title} className={`${look} hover:underline`}>
      {words}
    </Link>
  ) : (
    <span className={look} title={title}>
      {words}
    </span>
  );
}

/** What it touches; not said of a workload on its own page. */
function Affected({ workloads }: { workloads: Finding["workloads"] }) {
  const [all, setAll] = useState(false);
  if (workloads.length === 0) return null;
  const more = workloads.length - SHOWN;
  return (
    <p className="mt-1.5 flex flex-wrap gap-x-3 gap-y-0.5 text-sm">
      <span className="text-text-3">affects</span>
      {(all ? workloads : workloads.slice(0, SHOWN)).map((workload) => (
        <WorkloadLink
          key={`${workload.cluster} ${workload.kind} ${workload.namespace} ${workload.name}`}
          workload={workload}
          kind
        />
      ))}
      {more > 0 && !all && (
        <button type="button" onClick={() => setAll(true)} className="link">
          and {plural(more, "other")}
        </button>
      )}
    </p>
  );
}

interface FindingCardProps {
  finding: Finding;
  /** Say in which cluster. */
  place?: boolean;
  /** Nothing stands between it and the title of its page. */
  top?: boolean;
  /** The workload whose page it stands on. */
  of?: Workload;
}

/** What is wrong, with what, why one can say so, and what to do about it. */
export function FindingCard({ finding, place = false, top = false, of }: FindingCardProps) {
  const Heading = top ? "h3" : "h4";
  const { severity, title, evidence, fix, command, certainty, cluster } = finding;
  const affected = finding.workloads.filter(
    ({ kind, namespace, name }) => name !== of?.name || namespace !== of.namespace || kind !== of.kind,
  );
  return (
    <article className="border-b border-line py-3 last:border-b-0">
      <Heading className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <SeverityMark severity={severity} />
        <span className="font-medium">{title}</span>
        <Subject finding={finding} />
        {place && <span className="text-sm text-text-3">{cluster}</span>}
        {certainty === "conditional" && <span className="text-sm text-warning">only under conditions</span>}
      </Heading>
      <ul className="mt-1 text-text-2">
        {evidence.map((line) => (
          <li key={line} className="[overflow-wrap:anywhere]">
            <ClusterText text={line} />
          </li>
        ))}
      </ul>
      <p className="mt-1 [overflow-wrap:anywhere]">
        <span className="text-text-3">Fix: </span>
        <ClusterText text={fix} />
      </p>
      {command && <Command text={command} />}
      <Affected workloads={affected} />
    </article>
  );
}
