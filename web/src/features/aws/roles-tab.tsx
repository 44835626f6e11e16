import { useMemo, useRef } from "react";
import type { RoleItem } from "@/api/aws-contract";
import { SensitiveTags } from "@/components/aws/sensitive-tags";
import { accountWords } from "@/components/aws/words";
import { ClusterText } from "@/components/cluster-text";
import { DataTable, type DataColumn } from "@/components/data-table";
import { Link } from "@/components/link";
import { formatCount, plural } from "@/lib/quantity";
import { Age } from "@/ui/age";
import { matches } from "./access-words";
import { CountChip, FindField, FindingCount, RoleStateMark } from "./parts";
import type { AccessPlace } from "./use-access-state";

const CHIPS: { id: string; title: string; holds: (role: RoleItem) => boolean }[] = [
  { id: "", title: "all", holds: () => true },
  { id: "sensitive", title: "sensitive", holds: ({ sensitive }) => sensitive.length > 0 },
  { id: "shared", title: "shared", holds: ({ serviceAccounts }) => serviceAccounts.length > 1 },
  {
    id: "elsewhere",
    title: "used in other clusters",
    holds: ({ otherClusters }) => otherClusters.length > 0,
  },
  { id: "missing", title: "missing", holds: ({ state }) => state === "missing" },
];

function Accounts({ role }: { role: RoleItem }) {
  const [first, ...rest] = role.serviceAccounts;
  if (!first) return <span className="text-text-3">none you see</span>;
  return (
    <span className="block min-w-0">
      <span className="mono block truncate" title={`${first.namespace}/${first.name}`}>
        <span className="text-text-2">{first.namespace} / </span>
        <ClusterText text={first.name} />
      </span>
      <span className="label">
        {rest.length > 0 && `and ${plural(rest.length, "other")} · `}
        {plural(role.workloads.length, "workload")}
      </span>
    </span>
  );
}

function columnsFor(cluster: string, hrefOf: AccessPlace["hrefOf"]): DataColumn<RoleItem>[] {
  return [
    {
      id: "role",
      title: "Role",
      className: "w-[23%]",
      wide: true,
      cell: ({ arn, name, account, state }) => (
        <>
          <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
            <Link
              href={hrefOf({ open: arn })}
              title={arn}
              className="mono min-w-0 truncate font-medium hover:underline"
            >
              <ClusterText text={name} />
            </Link>
            <RoleStateMark state={state} />
          </span>
          <span className="label block">{accountWords(account)}</span>
        </>
      ),
    },
    {
      id: "sensitive",
      title: "Sensitive",
      className: "w-[21%]",
      wide: true,
      cell: ({ sensitive }) => (
        <span className="flex flex-wrap gap-1">
          <SensitiveTags ids={sensitive} />
          {sensitive.length === 0 && <span className="text-text-3 @max-[700px]:hidden">–</span>}
        </span>
      ),
    },
    { id: "accounts", title: "Service accounts", cell: (role) => <Accounts role={role} /> },
    {
      id: "policies",
      title: "Policies",
      className: "w-28",
      cell: ({ policies, boundary, state }) =>
        state === "found" ? (
          <span title={policies.map(({ name }) => name).join("\n")}>
            {plural(policies.length, "policy", "policies")}
            {boundary && <span className="label block">with a boundary</span>}
          </span>
        ) : (
          <span className="text-text-3">–</span>
        ),
    },
    {
      id: "used",
      title: "Last used",
      className: "w-24",
      cell: ({ lastUsed }) =>
        lastUsed ? (
          <>
            <span className="mr-1.5 hidden text-sm text-text-3 @max-[700px]:inline">last used</span>
            <Age at={lastUsed} className="mono text-text-2" />
          </>
        ) : (
          <span className="text-text-3">not told</span>
        ),
    },
    {
      id: "findings",
      title: "Notes",
      className: "w-36",
      cell: ({ findings, otherClusters }) => (
        <span className="flex flex-wrap gap-x-3">
          <FindingCount ids={findings} cluster={cluster} />
          {otherClusters.length > 0 && (
            <span className="text-sm text-text-3" title={otherClusters.join(", ")}>
              also in {otherClusters.length === 1 ? otherClusters[0] : formatCount(otherClusters.length)}
            </span>
          )}
        </span>
      ),
    },
  ];
}

interface RolesProps {
  roles: readonly RoleItem[];
  cluster: string;
  place: AccessPlace;
}

/** The same from the side of the roles: who has each, what it holds, and where else it is used. */
export function RolesTab({ roles, cluster, place }: RolesProps) {
  const { state, change, hrefOf } = place;
  const filter = useRef<HTMLInputElement>(null);
  const chip = CHIPS.find(({ id }) => id === state.only) ?? CHIPS[0];
  const found = useMemo(
    () =>
      roles
        .filter(
          (role) =>
            (chip?.holds(role) ?? true) &&
            matches(state.find, [
              role.arn,
              ...role.policies.map(({ name }) => name),
              ...role.serviceAccounts.map(({ namespace, name }) => `${namespace}/${name}`),
            ]),
        )
        .sort(
          (one, other) =>
            other.findings.length - one.findings.length ||
            other.sensitive.length - one.sensitive.length ||
            one.name.localeCompare(other.name),
        ),
    [roles, chip, state.find],
  );
  return (
    <>
      <div role="toolbar" aria-label="roles" className="flex flex-wrap items-center gap-2 pb-2">
        <FindField
          value={state.find}
          onChange={(find) => change({ find }, { replace: true })}
          input={filter}
          placeholder="Filter: role, policy, service account"
        />
        {CHIPS.map(({ id, title, holds }) => (
          <CountChip
            key={id}
            href={hrefOf({ only: id })}
            active={state.only === id}
            count={roles.filter(holds).length}
          >
            {title}
          </CountChip>
        ))}
      </div>
      <DataTable
        label="roles"
        columns={columnsFor(cluster, hrefOf)}
        groups={[{ id: "all", rows: found }]}
        keyOf={({ arn }) => arn}
        open={state.open}
        onOpen={({ arn }) => change({ open: arn }, { replace: state.open !== "" })}
        onClose={() => change({ open: "" })}
        filter={filter}
      />
      {found.length === 0 && (
        <p className="py-3 text-text-2">
          {roles.length === 0 ? "No role of a workload that you may see." : "No role is like that."}
        </p>
      )}
    </>
  );
}
