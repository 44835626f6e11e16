import { useRef } from "react";
import type { AccessPrincipal, ClusterAccess } from "@/api/aws-contract";
import { accountWords } from "@/components/aws/words";
import { ClusterText } from "@/components/cluster-text";
import { DataTable, type DataColumn } from "@/components/data-table";
import { Link } from "@/components/link";
import { plural } from "@/lib/quantity";
import { Tag } from "@/ui/chip";
import { Status, ToneMark } from "@/ui/tone-mark";
import {
  awsAuthRights,
  byNeed,
  entryRights,
  isMaster,
  matches,
  STATE_TONE,
  STATE_WORDS,
} from "./access-words";
import { CountChip, FindField, FindingCount, RoleStateMark } from "./parts";
import type { AccessPlace } from "./use-access-state";

const rights = (words: string) =>
  words ? (
    <span className="[overflow-wrap:anywhere]">
      <ClusterText text={words} />
    </span>
  ) : (
    <span className="text-text-3 @max-[700px]:hidden">–</span>
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
    {words && <span className="mr-1.5 hidden text-sm text-text-3 @max-[700px]:inline">{label}</span>}
    {rights(words)}
  </>
);

function columnsFor(cluster: string, hrefOf: AccessPlace["hrefOf"]): DataColumn<AccessPrincipal>[] {
  return [
    {
      id: "principal",
      title: "Principal",
      className: "w-[26%]",
      cell: (principal) => (
        <>
          <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
            <Link
              href={hrefOf({ open: principal.arn })}
              title={principal.arn}
              className="mono min-w-0 truncate font-medium hover:underline"
            >
              <ClusterText text={principal.name} />
            </Link>
            <RoleStateMark state={principal.roleState === "missing" ? "missing" : "found"} />
          </span>
          <span className="label block">{accountWords(principal.account)}</span>
        </>
      ),
    },
    {
      id: "state",
      title: "By",
      className: "w-32",
      cell: ({ state }) => <Status tone={STATE_TONE[state]}>{STATE_WORDS[state]}</Status>,
    },
    {
      id: "entry",
      title: "Access entry grants",
      wide: true,
      cell: (principal) => labelled("entry", entryRights(principal)),
    },
    {
      id: "aws-auth",
      title: "aws-auth grants",
      wide: true,
      cell: (principal) => labelled("aws-auth", awsAuthRights(principal)),
    },
    {
      id: "notes",
      title: "Notes",
      wide: true,
      className: "w-[22%]",
      cell: (principal) => (
        <span className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
          {isMaster(principal) && <Tag tone="warning">everything</Tag>}
          <Difference principal={principal} />
          <FindingCount ids={principal.findings} cluster={cluster} />
        </span>
      ),
    },
  ];
}

interface PrincipalsProps {
  access: ClusterAccess;
  cluster: string;
  place: AccessPlace;
}

/** Who may enter, by which of the two lists, with which rights; nodes by themselves, folded. */
export function PrincipalsTab({ access, cluster, place }: PrincipalsProps) {
  const { state, change, hrefOf } = place;
  const filter = useRef<HTMLInputElement>(null);
  const differ = (principal: AccessPrincipal) => principal.sameRights === false;
  const found = access.principals
    .filter(
      (principal) =>
        (state.only === "" ||
          principal.state === state.only ||
          (state.only === "differ" && differ(principal)) ||
          (state.only === "everything" && isMaster(principal))) &&
        matches(state.find, [
          principal.arn,
          entryRights(principal),
          awsAuthRights(principal),
          principal.difference,
        ]),
    )
    .sort(byNeed);
  const [people, nodes] = [found.filter(({ node }) => !node), found.filter(({ node }) => node)];
  const toggle = (only: string) => hrefOf({ only: state.only === only ? "" : only });
  return (
    <>
      <div role="toolbar" aria-label="principals" className="flex flex-wrap items-center gap-2 pb-2">
        <FindField
          value={state.find}
          onChange={(find) => change({ find }, { replace: true })}
          input={filter}
          placeholder="Filter: role, account, group"
        />
        <CountChip
          href={toggle("differ")}
          active={state.only === "differ"}
          count={access.principals.filter(differ).length}
        >
          different rights
        </CountChip>
        <CountChip
          href={toggle("everything")}
          active={state.only === "everything"}
          count={access.principals.filter(isMaster).length}
        >
          everything
        </CountChip>
      </div>
      <DataTable
        label="principals"
        columns={columnsFor(cluster, hrefOf)}
        groups={[
          { id: "people", rows: people },
          ...(nodes.length > 0
            ? [
                {
                  id: "nodes",
                  title: `${plural(nodes.length, "entry", "entries")} of nodes`,
                  folded: true,
                  rows: nodes,
                },
              ]
            : []),
        ]}
        keyOf={({ arn }) => arn}
        open={state.open}
        onOpen={({ arn }) => change({ open: arn }, { replace: state.open !== "" })}
        onClose={() => change({ open: "" })}
        filter={filter}
      />
      {found.length === 0 && (
        <p className="py-3 text-text-2">
          {access.principals.length === 0 ? "No principal was seen." : "No principal is like that."}
        </p>
      )}
      {access.mapAccounts.length > 0 && (
        <p className="mt-3 text-text-2">
          aws-auth also maps every user and role of{" "}
          <span className="mono">{access.mapAccounts.join(", ")}</span> (mapAccounts), by their names alone.
        </p>
      )}
    </>
  );
}
