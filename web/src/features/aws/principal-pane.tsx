import type { AccessPolicy, AccessPrincipal, ClusterAccess } from "@/api/aws-contract";
import { ArnText } from "@/components/aws/arn-text";
import { FindingCard } from "@/components/aws/finding-card";
import { accountWords } from "@/components/aws/words";
import { ClusterText } from "@/components/cluster-text";
import { Age } from "@/ui/age";
import { Definition, DefinitionRows, Section } from "@/ui/definition-rows";
import { ExternalLink } from "@/ui/external-link";
import { Status, TONE_TEXT } from "@/ui/tone-mark";
import { principalFindings, STATE_TONE, STATE_WORDS } from "./access-words";
import { RoleStateMark } from "./parts";

const mono = (values: readonly string[]) =>
  values.length > 0 ? (
    <span className="mono [overflow-wrap:anywhere]">
      <ClusterText text={values.join(", ")} />
    </span>
  ) : (
    <span className="text-text-3">none</span>
  );

function PolicyItem({ policy }: { policy: AccessPolicy }) {
  const { name, arn, scope, means, customResources } = policy;
  return (
    <li className="border-b border-line py-1.5 last:border-b-0">
      <span className="mono font-medium" title={arn}>
        {name}
      </span>{" "}
      <span className="text-text-2">
        {scope.clusterWide ? "in the whole cluster" : `in ${scope.namespaces.join(", ")}`}
      </span>
      <p className="text-sm text-text-2">{means}</p>
      {customResources && <p className="text-sm text-text-3">{customResources}</p>}
    </li>
  );
}

function Entry({ entry }: { entry: NonNullable<AccessPrincipal["entry"]> }) {
  return (
    <Section title="Access entry">
      <DefinitionRows>
        <Definition label="Type">
          <span className="mono">{entry.type}</span>
        </Definition>
        <Definition label="Username">{mono([entry.username])}</Definition>
        <Definition label="Groups">{mono(entry.groups)}</Definition>
        {entry.created && (
          <Definition label="Created">
            <Age at={entry.created} /> ago
          </Definition>
        )}
        {entry.modified && entry.modified !== entry.created && (
          <Definition label="Modified">
            <Age at={entry.modified} /> ago
          </Definition>
        )}
      </DefinitionRows>
      {entry.policies.length > 0 && (
        <ul className="mt-2">
          {entry.policies.map((policy) => (
            <PolicyItem key={`${policy.arn} ${policy.scope.namespaces.join(" ")}`} policy={policy} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function AwsAuth({ item }: { item: NonNullable<AccessPrincipal["awsAuth"]> }) {
  return (
    <Section title="aws-auth">
      <DefinitionRows>
        <Definition label="As written">
          {item.arns.map((arn) => (
            <span key={arn} className="block">
              <ArnText arn={arn} whole />
            </span>
          ))}
        </Definition>
        <Definition label="Username">{mono(item.username ? [item.username] : [])}</Definition>
        <Definition label="Groups">{mono(item.groups)}</Definition>
        <Definition label="Entry">{item.line} of its list</Definition>
      </DefinitionRows>
    </Section>
  );
}

/** One principal: what each list says of it, and what that means. */
export function PrincipalPane({ arn, access }: { arn: string; access: ClusterAccess }) {
  const principal = access.principals.find((each) => each.arn === arn);
  if (!principal) return <p className="p-4 text-text-2">No principal of this cluster has this ARN.</p>;
  const { entry, awsAuth, state, sameRights, difference, roleUrl } = principal;
  const findings = principalFindings(access.findings, principal);
  return (
    <div className="h-full overflow-auto p-4">
      <h2 className="mono pr-16 text-base font-semibold [overflow-wrap:anywhere]">
        <ClusterText text={principal.name} />
      </h2>
      <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <Status tone={STATE_TONE[state]}>{STATE_WORDS[state]}</Status>
        <RoleStateMark state={principal.roleState} />
        <span className="text-text-3">{accountWords(principal.account)}</span>
        {roleUrl && <ExternalLink href={roleUrl}>AWS console</ExternalLink>}
      </div>
      <p className="mt-1 mb-4">
        <ArnText arn={arn} copy whole />
      </p>
      {state === "both" && (
        <p className={`mb-4 ${TONE_TEXT[sameRights === false ? "warning" : "neutral"]}`}>
          {sameRights === false ? (
            <ClusterText text={difference ?? "The two lists grant different rights."} />
          ) : sameRights ? (
            "Both lists grant the same: the one in aws-auth can go."
          ) : (
            "Whether both lists grant the same is not known."
          )}
        </p>
      )}
      {entry && <Entry entry={entry} />}
      {awsAuth && <AwsAuth item={awsAuth} />}
      {findings.length > 0 && (
        <Section title="Findings">
          {findings.map((finding) => (
            <FindingCard key={finding.id} finding={finding} />
          ))}
        </Section>
      )}
    </div>
  );
}
