import type { AccessPrincipal, ClusterAccess, Finding } from "@/api/aws-contract";
import { ClusterText } from "@/components/cluster-text";
import type { DataColumn, DataGroup } from "@/components/data-table";
import { useOwnAccount } from "@/components/use-eks";
import { plural } from "@/lib/quantity";
import { Tag } from "@/ui/chip";
import { Status, ToneMark } from "@/ui/tone-mark";
import { AccessTable, type RowChip } from "./access-table";
import {
  awsAuthRights,
  byNeed,
  entryRights,
  isMaster,
  NEEDS,
  PRINCIPAL_STATES,
  principalFindings,
  STATE_TONE,
  STATE_WORDS,
} from "./access-words";
import { FindingCount, RowName } from "./parts";
import type { AccessPlace } from "./use-access-state";

const rights = (words: string) =>
  words ? (
    <span className="[overflow-wrap:anywhere]">
      <ClusterText text={words} />
    </span>
  ) : (
    <span className="text-text-3 @max-[560px]:hidden">–</span>
  );

function Difference({ principal }: { principal: AccessPrincipal }) {
  const { state, sameRights, difference } = principal;
  if (state !== "both") return null;
  if (sameRights) return <span className="text-text-2">same rights on both sides</span>;
  if (sameRights === null || sameRights === undefined)
    return <span className="text-text-3">not compared</span>;
  return (
    <span className="inline-flex items-baseline gap-1.5 text-warning">
      <ToneMark tone="warning" />
      <span className="[overflow-wrap:anywhere]">
        <ClusterText text={difference ?? "different rights"} />
      </span>
    </span>
  );
}

const labelled = (label: string, words: string) => (
  <>
    {words && <span className="mr-1.5 hidden text-sm text-text-3 @max-[560px]:inline">{label}</span>}
    {rights(words)}
  </>
);

const CHIPS: RowChip<AccessPrincipal>[] = [
  { id: "differ", title: "different rights", holds: ({ sameRights }) => sameRights === false },
  { id: "everything", title: "everything", holds: isMaster },
  // The parts of the bar above the tabs.
  ...PRINCIPAL_STATES.map((id) => ({
    id,
    title: STATE_WORDS[id],
    holds: ({ state }: AccessPrincipal) => state === id,
    elsewhere: true,
  })),
];

function columnsFor({ cluster, place, findings }: PrincipalsProps, own: string | undefined) {
  const columns: DataColumn<AccessPrincipal>[] = [
    {
      id: "principal",
      title: "Principal",
      className: "w-[26%]",
      sortBy: ({ name }) => name,
      cell: ({ arn, name, account, roleState }) => (
        <RowName
          href={place.hrefOf({ open: arn })}
          {...{ arn, name, account, own }}
          state={roleState === "missing" ? "missing" : "found"}
        />
      ),
    },
    {
      id: "state",
      title: "By",
      className: "w-32",
      sortBy: ({ state }) => NEEDS[state],
      cell: ({ state }) => <Status tone={STATE_TONE[state]}>{STATE_WORDS[state]}</Status>,
    },
    {
      id: "entry",
      title: "Access entry grants",
      wide: true,
      spare: true,
      sortBy: (principal) => entryRights(principal) || null,
      cell: (principal) => labelled("entry", entryRights(principal)),
    },
    {
      id: "aws-auth",
      title: "aws-auth grants",
      wide: true,
      spare: true,
      sortBy: (principal) => awsAuthRights(principal) || null,
      cell: (principal) => labelled("aws-auth", awsAuthRights(principal)),
    },
    {
      id: "notes",
      title: "Notes",
      wide: true,
      className: "@min-[880px]:w-[26%]",
      cell: (principal) => (
        <span className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
          {isMaster(principal) && <Tag tone="warning">everything</Tag>}
          <Difference principal={principal} />
          <FindingCount
            ids={principal.findings}
            findings={principalFindings(findings, principal)}
            cluster={cluster}
          />
        </span>
      ),
    },
  ];
  return columns;
}

interface PrincipalsProps {
  access: ClusterAccess;
  findings: readonly Finding[];
  cluster: string;
  place: AccessPlace;
}

/** Nodes by themselves, folded: they are many, and none of them is anybody. */
const byNode = (rows: readonly AccessPrincipal[]): DataGroup<AccessPrincipal>[] => {
  const nodes = rows.filter(({ node }) => node);
  return [
    { id: "people", rows: rows.filter(({ node }) => !node) },
    ...(nodes.length > 0
      ? [{ id: "nodes", title: plural(nodes.length, "node role"), folded: true, rows: nodes }]
      : []),
  ];
};

/** Who may enter, by which of the two lists, with which rights. */
export function PrincipalsTab(props: PrincipalsProps) {
  const { access, cluster, place } = props;
  return (
    <>
      <AccessTable
        label="principals"
        placeholder="Filter: role, account, group"
        rows={access.principals}
        chips={CHIPS}
        textOf={(row) => [row.arn, entryRights(row), awsAuthRights(row), row.difference]}
        order={byNeed}
        columns={columnsFor(props, useOwnAccount(cluster))}
        keyOf={({ arn }) => arn}
        place={place}
        groupsOf={byNode}
        none="No principal was seen."
      />
      {access.mapAccounts.length > 0 && (
        <p className="mt-3 text-text-2">
          aws-auth also maps every user and role of{" "}
          <span className="mono">{access.mapAccounts.join(", ")}</span> (mapAccounts), by their names alone.
        </p>
      )}
    </>
  );
}
