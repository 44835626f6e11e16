import type { Finding } from "@/api/aws-contract";
import { ClusterText } from "@/components/cluster-text";
import { plural } from "@/lib/quantity";
import { CopyButton } from "@/ui/copy-button";
import { SeverityMark } from "./severity-mark";
import { WorkloadLink } from "./workload-link";

const SHOWN = 6;

function Command({ text }: { text: string }) {
  return (
    <div className="mt-1.5 flex items-start gap-1 rounded bg-raised-2 p-0.5">
      <pre
        tabIndex={0}
        aria-label="command"
        className="mono min-w-0 flex-1 overflow-x-auto px-2.5 py-1 text-text-2"
      >
        <ClusterText text={text} />
      </pre>
      <CopyButton text={text} label="copy the command" />
    </div>
  );
}

function Subject({ finding }: { finding: Finding }) {
  const { kind, namespace, name, arn } = finding.subject;
  return (
    <span className="mono min-w-0 [overflow-wrap:anywhere]" title={arn ?? `${kind} ${name}`}>
      {namespace && <span className="text-text-2">{namespace} / </span>}
      <ClusterText text={name} />
    </span>
  );
}

interface FindingCardProps {
  finding: Finding;
  /** Say in which cluster. */
  place?: boolean;
  /** Nothing stands between it and the title of its page. */
  top?: boolean;
}

/** What is wrong, with what, why one can say so, and what to do about it. */
export function FindingCard({ finding, place = false, top = false }: FindingCardProps) {
  const Heading = top ? "h3" : "h4";
  const { severity, title, evidence, fix, command, certainty, workloads, cluster } = finding;
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
      {workloads.length > 0 && (
        <p className="mt-1.5 flex flex-wrap gap-x-3 gap-y-0.5 text-sm">
          <span className="text-text-3">affects</span>
          {workloads.slice(0, SHOWN).map((workload) => (
            <WorkloadLink
              key={`${workload.cluster} ${workload.kind} ${workload.namespace} ${workload.name}`}
              workload={workload}
              kind
            />
          ))}
          {workloads.length > SHOWN && (
            <span className="text-text-3">and {plural(workloads.length - SHOWN, "other")}</span>
          )}
        </p>
      )}
    </article>
  );
}
