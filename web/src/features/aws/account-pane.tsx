import type { AccountIdentity, Finding } from "@/api/aws-contract";
import { ArnText } from "@/components/aws/arn-text";
import { FindingCard } from "@/components/aws/finding-card";
import { WorkloadLink } from "@/components/aws/workload-link";
import { accountWords } from "@/components/aws/words";
import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { arnAccount } from "@/lib/arn";
import { AWS_TAB } from "@/lib/aws-place";
import { openHref } from "@/lib/place";
import { plural } from "@/lib/quantity";
import { Definition, DefinitionRows, Section } from "@/ui/definition-rows";
import { accountFindings, accountKey } from "./access-words";
import { TrustWords } from "./accounts-tab";
import { RoleName, RoleStateMark, SourceWords } from "./parts";

function Association({ account, cluster }: { account: AccountIdentity; cluster: string }) {
  const { association } = account;
  if (!association) return null;
  const { id, roleArn, targetRoleArn, hasSessionPolicy, disableSessionTags } = association;
  return (
    <Section title="Pod Identity association">
      <DefinitionRows>
        <Definition label="Id">
          <span className="mono">{id}</span>
        </Definition>
        <Definition label="Role">
          <RoleName arn={roleArn} cluster={cluster} />
        </Definition>
        {targetRoleArn && (
          <Definition label="Then">
            <ArnText arn={targetRoleArn} whole copy />{" "}
            <span className="text-sm text-text-3">{accountWords(arnAccount(targetRoleArn))}</span>
          </Definition>
        )}
        <Definition label="Session policy">
          {hasSessionPolicy ? "yes: the pods may do at most what it allows" : "none"}
        </Definition>
        <Definition label="Session tags">
          {disableSessionTags ? "off: policies cannot tell the pods apart" : "on"}
        </Definition>
      </DefinitionRows>
    </Section>
  );
}

interface AccountPaneProps {
  id: string;
  accounts: readonly AccountIdentity[];
  findings: readonly Finding[];
  cluster: string;
}

/** One service account: its role, how it comes to it, and who uses it. */
export function AccountPane({ id, accounts, findings, cluster }: AccountPaneProps) {
  const account = accounts.find((each) => accountKey(each) === id);
  if (!account) return <p className="p-4 text-text-2">No such service account is in what you may see.</p>;
  const { namespace, name, roleArn, annotationRoleArn, shadowed, workloads, exists, source } = account;
  const own = accountFindings(findings, account);
  return (
    <div className="h-full overflow-auto p-4">
      <h2 className="mono pr-16 text-base font-semibold [overflow-wrap:anywhere]">
        <span className="font-normal text-text-2">{namespace} / </span>
        <ClusterText text={name} />
      </h2>
      <p className="mt-1 mb-4 text-sm text-text-2">
        service account{exists === false && ": does not exist"}
        {exists !== false && (
          <>
            {" · "}
            <Link
              href={openHref({ cluster, kind: "serviceaccounts", namespace, name }, AWS_TAB)}
              className="link"
            >
              what it may do in AWS
            </Link>
          </>
        )}
      </p>
      <Section title="Role">
        <DefinitionRows>
          <Definition label="By">
            <SourceWords source={source} shadowed={shadowed} />
          </Definition>
          <Definition label="Role">
            {roleArn ? (
              <>
                <ArnText arn={roleArn} whole copy /> <RoleStateMark state={account.roleState ?? "unread"} />
              </>
            ) : (
              <span className="text-text-3">none</span>
            )}
          </Definition>
          {annotationRoleArn && annotationRoleArn !== roleArn && (
            <Definition label="Annotation">
              <ArnText arn={annotationRoleArn} whole copy />
              {shadowed && <span className="block text-sm text-warning">never used: Pod Identity wins</span>}
            </Definition>
          )}
          <Definition label="Role's trust">
            <TrustWords account={account} long />
          </Definition>
        </DefinitionRows>
      </Section>
      <Association account={account} cluster={cluster} />
      {own.length > 0 && (
        <Section title="Findings">
          {own.map((finding) => (
            <FindingCard key={`${finding.id} ${finding.subject.name}`} finding={finding} />
          ))}
        </Section>
      )}
      <Section title={`Used by · ${plural(workloads.length, "workload")}`}>
        <ul>
          {workloads.map((workload) => (
            <li
              key={`${workload.kind} ${workload.name}`}
              className="flex items-baseline justify-between gap-3 border-b border-line py-1 last:border-b-0"
            >
              <WorkloadLink workload={workload} kind namespace={false} />
              <span className="shrink-0 text-sm text-text-3">{plural(workload.pods, "pod")}</span>
            </li>
          ))}
        </ul>
        {workloads.length === 0 && <p className="text-text-2">No workload that you may see uses it.</p>}
      </Section>
    </div>
  );
}
