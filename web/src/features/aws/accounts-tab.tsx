import type { AccountIdentity, Finding } from "@/api/aws-contract";
import { DecisionMark, DECISION_TEXT } from "@/components/aws/verdict-mark";
import { ADMITS_DECISION, SOURCE_WORDS } from "@/components/aws/words";
import { ClusterText } from "@/components/cluster-text";
import type { DataColumn } from "@/components/data-table";
import { Link } from "@/components/link";
import { arnName } from "@/lib/arn";
import { plural } from "@/lib/quantity";
import { Tag } from "@/ui/chip";
import { AccessTable } from "./access-table";
import { ACCOUNT_CHIPS, accountFindings, accountKey } from "./access-words";
import { FindingCount, RoleName, SourceWords } from "./parts";
import type { AccessPlace } from "./use-access-state";

const ADMITS_WORD = {
  yes: "admits it",
  no: "refuses it",
  conditional: "depends",
  unknown: "not known",
} as const;

export function TrustWords({ account, long = false }: { account: AccountIdentity; long?: boolean }) {
  const { trust } = account;
  if (!trust) return <span className="text-text-3">–</span>;
  const { admits, words } = trust;
  const refuses = admits === "no";
  return (
    <span
      className={`inline-flex min-w-0 items-baseline gap-1.5 ${refuses ? "text-danger" : DECISION_TEXT[ADMITS_DECISION[admits]]}`}
      title={words}
    >
      <span className="relative top-px">
        <DecisionMark decision={ADMITS_DECISION[admits]} danger={refuses} />
      </span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {long && words ? <ClusterText text={words} /> : ADMITS_WORD[admits]}
      </span>
    </span>
  );
}

const podsOf = ({ workloads }: AccountIdentity) => workloads.reduce((sum, { pods }) => sum + pods, 0);

/** What does not work first. */
const ADMITS_ORDER = { no: 0, unknown: 1, conditional: 2, yes: 3 } as const;

function AccountRole({ account, cluster }: { account: AccountIdentity; cluster: string }) {
  const { roleArn, roleState, crossAccount, association } = account;
  if (!roleArn) return <span className="text-text-3">none</span>;
  const { targetRoleArn, hasSessionPolicy } = association ?? {};
  return (
    <>
      <RoleName arn={roleArn} cluster={cluster} state={roleState ?? "unread"} account={crossAccount} />
      {(targetRoleArn || hasSessionPolicy) && (
        <span className="flex flex-wrap gap-x-3 text-sm text-text-3">
          {targetRoleArn && (
            <span className="flex min-w-0 items-baseline gap-1">
              then <RoleName arn={targetRoleArn} cluster={cluster} account={crossAccount} />
            </span>
          )}
          {hasSessionPolicy && <span>session policy</span>}
        </span>
      )}
    </>
  );
}

function columnsFor({ cluster, place, findings }: AccountsProps) {
  const columns: DataColumn<AccountIdentity>[] = [
    {
      id: "account",
      title: "Service account",
      className: "w-[36%] @min-[880px]:w-[28%]",
      sortBy: accountKey,
      cell: (account) => (
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          <Link
            href={place.hrefOf({ open: accountKey(account) })}
            className="mono min-w-0 truncate font-medium hover:underline"
            title={accountKey(account)}
          >
            <span className="font-normal text-text-2">{account.namespace} / </span>
            <ClusterText text={account.name} />
          </Link>
          {account.exists === false && <Tag tone="warning">does not exist</Tag>}
        </span>
      ),
    },
    {
      id: "source",
      title: "By",
      className: "w-28 @min-[880px]:w-36",
      sortBy: ({ source }) => SOURCE_WORDS[source],
      cell: ({ source, shadowed }) => <SourceWords source={source} shadowed={shadowed} />,
    },
    {
      id: "role",
      title: "Role",
      wide: true,
      sortBy: ({ roleArn }) => (roleArn ? arnName(roleArn) : null),
      cell: (account) => <AccountRole {...{ account, cluster }} />,
    },
    {
      id: "trust",
      title: "Role's trust",
      className: "w-32",
      spare: true,
      sortBy: ({ trust }) => (trust ? ADMITS_ORDER[trust.admits] : null),
      cell: (account) => <TrustWords account={account} />,
    },
    {
      id: "used",
      title: "Used by",
      className: "w-40",
      spare: true,
      sortBy: podsOf,
      cell: (account) =>
        account.workloads.length > 0 ? (
          <span className="text-text-2">
            {plural(account.workloads.length, "workload")} · {plural(podsOf(account), "pod")}
          </span>
        ) : (
          <span className="text-text-3">nothing you see</span>
        ),
    },
    {
      id: "findings",
      title: "Findings",
      wide: true,
      className: "w-28",
      sortBy: ({ findings: ids }) => -ids.length,
      cell: (account) => (
        <FindingCount
          ids={account.findings}
          findings={accountFindings(findings, account)}
          cluster={cluster}
        />
      ),
    },
  ];
  return columns;
}

interface AccountsProps {
  accounts: readonly AccountIdentity[];
  findings: readonly Finding[];
  cluster: string;
  place: AccessPlace;
}

const byFindings = (one: AccountIdentity, other: AccountIdentity): number =>
  other.findings.length - one.findings.length || accountKey(one).localeCompare(accountKey(other));

/** Which service account has which role, by what, and whether that works. */
export function AccountsTab(props: AccountsProps) {
  return (
    <AccessTable
      label="service accounts"
      placeholder="Filter: namespace, account, role"
      rows={props.accounts}
      chips={ACCOUNT_CHIPS}
      textOf={(row) => [accountKey(row), row.roleArn, row.annotationRoleArn, row.association?.targetRoleArn]}
      order={byFindings}
      columns={columnsFor(props)}
      keyOf={accountKey}
      place={props.place}
      none="No service account was seen in the namespaces in which you may list pods."
    />
  );
}
