import { useMemo, useRef } from "react";
import type { AccountIdentity } from "@/api/aws-contract";
import { DecisionMark, DECISION_TEXT } from "@/components/aws/verdict-mark";
import { ClusterText } from "@/components/cluster-text";
import { DataTable, type DataColumn } from "@/components/data-table";
import { Link } from "@/components/link";
import { plural } from "@/lib/quantity";
import { Tag } from "@/ui/chip";
import { ACCOUNT_CHIPS, accountKey, matches } from "./access-words";
import { CountChip, FindField, FindingCount, RoleName, SourceWords } from "./parts";
import type { AccessPlace } from "./use-access-state";

const ADMITS = { yes: "allowed", no: "denied", conditional: "conditional", unknown: "unknown" } as const;
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
      className={`inline-flex min-w-0 items-baseline gap-1.5 ${refuses ? "text-danger" : DECISION_TEXT[ADMITS[admits]]}`}
      title={words}
    >
      <span className="relative top-px">
        <DecisionMark decision={ADMITS[admits]} danger={refuses} />
      </span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {long && words ? <ClusterText text={words} /> : ADMITS_WORD[admits]}
      </span>
    </span>
  );
}

const podsOf = ({ workloads }: AccountIdentity) => workloads.reduce((sum, { pods }) => sum + pods, 0);

function columnsFor(cluster: string, hrefOf: AccessPlace["hrefOf"]): DataColumn<AccountIdentity>[] {
  return [
    {
      id: "account",
      title: "Service account",
      className: "w-[28%]",
      cell: (account) => (
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          <Link
            href={hrefOf({ open: accountKey(account) })}
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
      className: "w-36",
      cell: ({ source, shadowed }) => <SourceWords source={source} shadowed={shadowed} />,
    },
    {
      id: "role",
      title: "Role",
      wide: true,
      cell: ({ roleArn, roleState, crossAccount, association }) =>
        roleArn ? (
          <>
            <RoleName arn={roleArn} cluster={cluster} state={roleState ?? "unread"} account={crossAccount} />
            <span className="flex flex-wrap gap-x-3 text-sm text-text-3">
              {association?.targetRoleArn && (
                <span className="flex min-w-0 items-baseline gap-1">
                  then <RoleName arn={association.targetRoleArn} cluster={cluster} account={crossAccount} />
                </span>
              )}
              {association?.hasSessionPolicy && <span>session policy</span>}
            </span>
          </>
        ) : (
          <span className="text-text-3">none</span>
        ),
    },
    {
      id: "trust",
      title: "Role's trust",
      className: "w-32",
      cell: (account) => <TrustWords account={account} />,
    },
    {
      id: "used",
      title: "Used by",
      className: "w-40",
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
      cell: ({ findings }) => <FindingCount ids={findings} cluster={cluster} />,
    },
  ];
}

interface AccountsProps {
  accounts: readonly AccountIdentity[];
  cluster: string;
  place: AccessPlace;
}

/** Which service account has which role, by what, and whether that works. */
export function AccountsTab({ accounts, cluster, place }: AccountsProps) {
  const { state, change, hrefOf } = place;
  const filter = useRef<HTMLInputElement>(null);
  const chip = ACCOUNT_CHIPS.find(({ id }) => id === state.only) ?? ACCOUNT_CHIPS[0];
  const found = useMemo(
    () =>
      accounts
        .filter(
          (account) =>
            (chip?.holds(account) ?? true) &&
            matches(state.find, [
              accountKey(account),
              account.roleArn,
              account.annotationRoleArn,
              account.association?.targetRoleArn,
            ]),
        )
        .sort(
          (one, other) =>
            other.findings.length - one.findings.length || accountKey(one).localeCompare(accountKey(other)),
        ),
    [accounts, chip, state.find],
  );
  return (
    <>
      <div role="toolbar" aria-label="service accounts" className="flex flex-wrap items-center gap-2 pb-2">
        <FindField
          value={state.find}
          onChange={(find) => change({ find }, { replace: true })}
          input={filter}
          placeholder="Filter: namespace, account, role"
        />
        {ACCOUNT_CHIPS.map(({ id, title, holds }) => (
          <CountChip
            key={id}
            href={hrefOf({ only: id })}
            active={state.only === id}
            count={accounts.filter(holds).length}
          >
            {title}
          </CountChip>
        ))}
      </div>
      <DataTable
        label="service accounts"
        columns={columnsFor(cluster, hrefOf)}
        groups={[{ id: "all", rows: found }]}
        keyOf={accountKey}
        open={state.open}
        onOpen={(account) => change({ open: accountKey(account) }, { replace: state.open !== "" })}
        onClose={() => change({ open: "" })}
        filter={filter}
      />
      {found.length === 0 && (
        <p className="py-3 text-text-2">
          {accounts.length === 0
            ? "No service account was seen in the namespaces in which you may list pods."
            : "No service account is like that."}
        </p>
      )}
    </>
  );
}
