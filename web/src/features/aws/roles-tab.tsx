import type { Finding, RoleItem } from "@/api/aws-contract";
import { SensitiveTags } from "@/components/aws/sensitive-tags";
import { ClusterText } from "@/components/cluster-text";
import type { DataColumn } from "@/components/data-table";
import { useOwnAccount } from "@/components/use-eks";
import { formatCount, plural } from "@/lib/quantity";
import { Age } from "@/ui/age";
import { AccessTable, type RowChip } from "./access-table";
import { roleFindings } from "./access-words";
import { FindingCount, RowName } from "./parts";
import type { AccessPlace } from "./use-access-state";

const CHIPS: RowChip<RoleItem>[] = [
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
      {rest.length > 0 && <span className="label">and {plural(rest.length, "other")}</span>}
    </span>
  );
}

/** Whether its policies were read, and are told: none seen is not none. A role that is not there has none. */
const isKnown = ({ state, withheld, policies }: RoleItem): boolean =>
  state === "missing" || (state === "found" && !withheld && policies.every(({ unread }) => !unread));

/** AWS keeps the last use of a role for 400 days. */
function LastUsed({ role: { lastUsed, state, withheld } }: { role: RoleItem }) {
  if (!lastUsed) {
    return state === "found" && !withheld ? (
      <span className="whitespace-nowrap text-text-3" title="AWS has seen no use of it in the last 400 days">
        not in 400d
      </span>
    ) : (
      <span className="text-text-3" title={withheld ?? undefined}>
        –
      </span>
    );
  }
  return (
    <>
      <span className="mr-1.5 hidden text-sm text-text-3 @max-[560px]:inline">last used</span>
      <Age at={lastUsed} className="mono text-text-2" />
    </>
  );
}

function Elsewhere({ clusters }: { clusters: readonly string[] }) {
  if (clusters.length === 0) return null;
  return (
    <span className="text-sm text-text-3" title={clusters.join(", ")}>
      also in {clusters.length === 1 ? clusters[0] : `${formatCount(clusters.length)} clusters`}
    </span>
  );
}

function columnsFor({ cluster, place, findings }: RolesProps, own: string | undefined) {
  const columns: DataColumn<RoleItem>[] = [
    {
      id: "role",
      title: "Role",
      className: "w-[36%] @min-[880px]:w-[23%]",
      wide: true,
      sortBy: ({ name }) => name,
      cell: ({ arn, name, account, state }) => (
        <RowName href={place.hrefOf({ open: arn })} {...{ arn, name, account, own, state }} />
      ),
    },
    {
      id: "sensitive",
      title: "Sensitive",
      className: "@min-[880px]:w-[24%]",
      wide: true,
      sortBy: (role) => (isKnown(role) ? role.sensitive.length : null),
      cell: (role) => (
        <span className="flex flex-wrap gap-1">
          <SensitiveTags ids={role.sensitive} />
          {!isKnown(role) ? (
            <span className="text-text-3" title={role.withheld ?? undefined}>
              not known
            </span>
          ) : (
            role.sensitive.length === 0 && <span className="text-text-3 @max-[560px]:hidden">–</span>
          )}
        </span>
      ),
    },
    {
      id: "accounts",
      title: "Service accounts",
      spare: true,
      sortBy: ({ serviceAccounts }) => serviceAccounts.length,
      cell: (role) => <Accounts role={role} />,
    },
    {
      id: "policies",
      title: "Policies",
      className: "w-28",
      spare: true,
      sortBy: (role) => (isKnown(role) ? role.policies.length : null),
      cell: (role) => {
        const { policies, boundary } = role;
        return isKnown(role) ? (
          <span title={policies.map(({ name }) => name).join("\n")}>
            {plural(policies.length, "policy", "policies")}
            {boundary && <span className="label block">with a boundary</span>}
          </span>
        ) : (
          <span className="text-text-3">–</span>
        );
      },
    },
    {
      id: "used",
      title: "Last used",
      className: "w-24",
      right: true,
      // As ages: what was used last comes first.
      sortBy: ({ lastUsed }) => (lastUsed ? -Date.parse(lastUsed) : null),
      cell: (role) => <LastUsed role={role} />,
    },
    {
      id: "findings",
      title: "Notes",
      className: "w-28 @min-[880px]:w-36",
      sortBy: ({ findings: ids }) => -ids.length,
      cell: (role) => (
        <span className="flex flex-wrap gap-x-3">
          <FindingCount ids={role.findings} findings={roleFindings(findings, role)} cluster={cluster} />
          <Elsewhere clusters={role.otherClusters} />
        </span>
      ),
    },
  ];
  return columns;
}

interface RolesProps {
  roles: readonly RoleItem[];
  findings: readonly Finding[];
  cluster: string;
  place: AccessPlace;
}

/** What needs somebody first, then what could do most harm. */
const byHarm = (one: RoleItem, other: RoleItem): number =>
  other.findings.length - one.findings.length ||
  other.sensitive.length - one.sensitive.length ||
  one.name.localeCompare(other.name);

/** The same from the side of the roles: who has each, what it holds, and where else it is used. */
export function RolesTab(props: RolesProps) {
  const { roles, cluster, place } = props;
  return (
    <AccessTable
      label="roles"
      placeholder="Filter: role, policy, service account"
      rows={roles}
      chips={CHIPS}
      textOf={({ arn, policies, serviceAccounts }) => [
        arn,
        ...policies.map(({ name }) => name),
        ...serviceAccounts.map(({ namespace, name }) => `${namespace}/${name}`),
      ]}
      order={byHarm}
      columns={columnsFor(props, useOwnAccount(cluster))}
      keyOf={({ arn }) => arn}
      place={place}
      none="No role of a workload that you may see."
    />
  );
}
