import type { Finding, RoleItem } from "@/api/aws-contract";
import { ArnText } from "@/components/aws/arn-text";
import { FindingCard } from "@/components/aws/finding-card";
import { useSensitive } from "@/components/aws/sensitive-tags";
import { WorkloadLink } from "@/components/aws/workload-link";
import { accountWords, SOURCE_WORDS } from "@/components/aws/words";
import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { together } from "@/lib/aws-actions";
import { accessHref, whoCanHref } from "@/lib/aws-place";
import { formatCount, plural } from "@/lib/quantity";
import { Age } from "@/ui/age";
import { Definition, DefinitionRows, Section } from "@/ui/definition-rows";
import { ExternalLink } from "@/ui/external-link";
import { roleFindings } from "./access-words";
import { RoleStateMark } from "./parts";

/** What of the catalogue the role holds, each a question to the fleet. */
function Sensitive({ ids, cluster }: { ids: readonly string[]; cluster: string }) {
  const find = useSensitive();
  if (ids.length === 0) return null;
  return (
    <Section title="Sensitive permissions">
      <ul>
        {ids.map((id) => {
          const entry = find(id);
          return (
            <li key={id} className="border-b border-line py-1 last:border-b-0">
              <span className="mono">
                {entry ? (
                  <Link
                    href={whoCanHref({ action: together(entry.actions), clusters: [cluster] })}
                    className="hover:underline"
                    title={`who can ${together(entry.actions)}`}
                  >
                    {together(entry.actions)}
                  </Link>
                ) : (
                  id
                )}
              </span>
              {entry && <p className="text-sm text-text-3">{entry.why}</p>}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

const KIND_WORDS: Record<string, string> = { customer: "customer managed", managed: "AWS managed" };

/** Named at once; the rest is a number, and the questions about the role answer for all. */
const NAMED = 20;

function Workloads({ workloads }: { workloads: RoleItem["workloads"] }) {
  if (workloads.length === 0) return null;
  return (
    <Section title={`Workloads · ${formatCount(workloads.length)}`}>
      <ul>
        {workloads.slice(0, NAMED).map((workload) => (
          <li
            key={`${workload.kind} ${workload.namespace} ${workload.name}`}
            className="flex items-baseline justify-between gap-3 border-b border-line py-1 last:border-b-0"
          >
            <WorkloadLink workload={workload} kind />
            <span className="shrink-0 text-sm text-text-3">{plural(workload.pods, "pod")}</span>
          </li>
        ))}
      </ul>
      {workloads.length > NAMED && (
        <p className="label mt-1">and {plural(workloads.length - NAMED, "other")}</p>
      )}
    </Section>
  );
}

interface RolePaneProps {
  arn: string;
  roles: readonly RoleItem[];
  findings: readonly Finding[];
  cluster: string;
}

/** One role: its policies, its limits, and every service account that has it. */
export function RolePane({ arn, roles, findings, cluster }: RolePaneProps) {
  const role = roles.find((each) => each.arn === arn);
  if (!role)
    return (
      <div className="p-4 text-text-2">
        <p>No workload that you may see has this role:</p>
        <p className="mt-1">
          <ArnText arn={arn} whole copy />
        </p>
      </div>
    );
  const own = roleFindings(findings, role);
  return (
    <div className="h-full overflow-auto p-4">
      <h2 className="mono pr-16 text-base font-semibold [overflow-wrap:anywhere]">
        <ClusterText text={role.name} />
      </h2>
      <div className="mt-1 flex flex-wrap items-center gap-x-3 text-sm text-text-3">
        <RoleStateMark state={role.state} />
        {accountWords(role.account)}
        {role.lastUsed && (
          <span>
            last used <Age at={role.lastUsed} /> ago
          </span>
        )}
        {role.consoleUrl && <ExternalLink href={role.consoleUrl}>AWS console</ExternalLink>}
      </div>
      <p className="mt-1 mb-4">
        <ArnText arn={arn} whole copy />
      </p>
      <Section title={`Service accounts · ${formatCount(role.serviceAccounts.length)}`}>
        <ul>
          {role.serviceAccounts.map(({ namespace, name, source, asTarget }) => (
            <li
              key={`${namespace}/${name}`}
              className="flex items-baseline justify-between gap-3 border-b border-line py-1 last:border-b-0"
            >
              <Link
                href={accessHref(cluster, { tab: "service-accounts", open: `${namespace}/${name}` })}
                className="mono min-w-0 truncate hover:underline"
              >
                <span className="text-text-2">{namespace} / </span>
                <ClusterText text={name} />
              </Link>
              <span className="shrink-0 text-sm text-text-3">
                {SOURCE_WORDS[source]}
                {asTarget && ", as its target"}
              </span>
            </li>
          ))}
        </ul>
        {role.serviceAccounts.length === 0 && (
          <p className="text-text-2">None that you may see has this role.</p>
        )}
      </Section>
      <Workloads workloads={role.workloads} />
      <Section title="Policies">
        {role.withheld && <p className="text-sm text-text-3">{role.withheld}</p>}
        <DefinitionRows>
          {role.policies.map(({ name, arn: policyArn, kind, unread }) => (
            <Definition key={`${kind} ${name}`} label={KIND_WORDS[kind] ?? kind}>
              <span className="mono [overflow-wrap:anywhere]" title={policyArn ?? undefined}>
                <ClusterText text={name} />
              </span>
              {unread && (
                <span className="ml-2 text-sm text-text-3">not read: the role may do more, or less</span>
              )}
            </Definition>
          ))}
          {role.boundary && (
            <Definition label="boundary">
              <ArnText arn={role.boundary} />
            </Definition>
          )}
        </DefinitionRows>
        {role.policies.length === 0 && <p className="text-text-2">No policy was seen on it.</p>}
      </Section>
      <Sensitive ids={role.sensitive} cluster={cluster} />
      {role.otherClusters.length > 0 && (
        <Section title="Also used in">
          <p className="flex flex-wrap gap-x-3">
            {role.otherClusters.map((other) => (
              <Link key={other} href={accessHref(other, { tab: "roles", open: arn })} className="link">
                {other}
              </Link>
            ))}
          </p>
        </Section>
      )}
      {own.length > 0 && (
        <Section title="Findings">
          {own.map((finding) => (
            <FindingCard key={`${finding.id} ${finding.subject.name}`} finding={finding} />
          ))}
        </Section>
      )}
    </div>
  );
}
