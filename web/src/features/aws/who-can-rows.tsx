import { useState } from "react";
import type { Decision, WhoCanRow, Workload } from "@/api/aws-contract";
import { useWorkloadPods } from "@/api/aws-queries";
import { asApiError } from "@/api/problem";
import { SensitiveTags } from "@/components/aws/sensitive-tags";
import { VerdictMark } from "@/components/aws/verdict-mark";
import { WorkloadLink, workloadKind } from "@/components/aws/workload-link";
import { SOURCE_WORDS } from "@/components/aws/words";
import { ClusterText } from "@/components/cluster-text";
import { DataTable, type DataColumn } from "@/components/data-table";
import { Link } from "@/components/link";
import { arnName } from "@/lib/arn";
import { apart } from "@/lib/aws-actions";
import { formatCount, plural } from "@/lib/quantity";
import { RoleName } from "./parts";
import { isOf, rowKey } from "./who-can-words";

/** The pods behind a row, when somebody wants them. */
function Pods({ workload, count }: { workload: Workload; count: number }) {
  const [open, setOpen] = useState(false);
  const pods = useWorkloadPods(workload, open);
  if (workload.kind === "pods") return null;
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="text-sm text-text-3 hover:text-text-1 hover:underline"
      >
        {plural(count, "pod")}
      </button>
      {open && (
        <ul className="mt-0.5 border-l border-line pl-2">
          {pods.data?.data.pods.map(({ name }) => (
            <li key={name}>
              <WorkloadLink workload={{ ...workload, kind: "pods", name }} namespace={false} />
            </li>
          ))}
          {pods.isPending && <li className="label">loading …</li>}
          {pods.error && <li className="text-sm text-danger">{asApiError(pods.error).problem.detail}</li>}
        </ul>
      )}
    </>
  );
}

function Matched({ row, asked }: { row: WhoCanRow; asked: string }) {
  const { matched, matchedTotal, sensitive } = row;
  // What was asked word for word is said above the table.
  const words = new Set(apart(asked.toLowerCase()));
  const plain = matchedTotal === words.size && matched.every((action) => words.has(action.toLowerCase()));
  return (
    <span className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
      {!plain && (
        <span className="mono text-sm [overflow-wrap:anywhere] text-text-2" title={matched.join("\n")}>
          <ClusterText text={matched.slice(0, 2).join(", ")} />
          {matchedTotal > 2 && ` and ${formatCount(matchedTotal - 2)} more`}
        </span>
      )}
      <SensitiveTags ids={sensitive} />
    </span>
  );
}

function Path({ row }: { row: WhoCanRow }) {
  if (row.path.length <= 1) return <span className="text-text-3 @max-[560px]:hidden">direct</span>;
  return (
    <span title={row.path.map(({ arn, words }) => `${arn}: ${words}`).join("\n")}>
      by way of{" "}
      <span className="mono [overflow-wrap:anywhere]">
        <ClusterText
          text={row.path
            .slice(1)
            .map(({ arn }) => arnName(arn))
            .join(" → ")}
        />
      </span>
    </span>
  );
}

const CERTAINTY: Record<Decision, number> = { allowed: 0, conditional: 1, unknown: 2, denied: 3 };

function columnsFor(asked: string, hrefOf: (row: WhoCanRow) => string): DataColumn<WhoCanRow>[] {
  return [
    {
      id: "workload",
      title: "Workload",
      className: "w-[34%] @min-[880px]:w-[27%]",
      narrow: "@max-[560px]:-order-2",
      sortBy: ({ workload: { namespace, name } }) => `${namespace ?? ""}/${name}`,
      cell: (row) => (
        <>
          <WorkloadLink workload={row.workload} className="font-medium" />
          <span className="block text-sm text-text-3">
            {workloadKind(row.workload.kind)} · {row.workload.cluster} ·{" "}
            <Pods workload={row.workload} count={row.pods} />
          </span>
        </>
      ),
    },
    {
      id: "role",
      title: "Role",
      wide: true,
      className: "w-[27%] @min-[880px]:w-[22%]",
      sortBy: ({ roleArn }) => arnName(roleArn),
      cell: ({ roleArn, source, workload }) => (
        <span className="flex flex-wrap items-baseline gap-x-2">
          <RoleName arn={roleArn} cluster={workload.cluster} />
          <span className="text-sm text-text-3">{SOURCE_WORDS[source]}</span>
        </span>
      ),
    },
    {
      id: "verdict",
      title: "Can it",
      wide: true,
      // The most certain first.
      sortBy: ({ verdict }) => CERTAINTY[verdict.decision],
      cell: (row) => (
        <>
          <VerdictMark verdict={row.verdict} />
          <Matched row={row} asked={asked} />
        </>
      ),
    },
    {
      id: "path",
      title: "Path",
      className: "w-[16%]",
      wide: true,
      spare: true,
      sortBy: ({ path }) => path.length,
      cell: (row) => <Path row={row} />,
    },
    {
      id: "why",
      title: "Why",
      className: "w-14",
      narrow: "@max-[560px]:-order-1 @max-[560px]:text-right",
      cell: (row) => (
        <Link href={hrefOf(row)} className="link" aria-label={`why ${row.workload.name}`}>
          why
        </Link>
      ),
    },
  ];
}

interface WhoCanRowsProps {
  rows: readonly WhoCanRow[];
  action: string;
  /** The workload whose decision is open. */
  open: Workload | null;
  hrefOf: (row: WhoCanRow) => string;
  onOpen: (row: WhoCanRow) => void;
  onClose: () => void;
  sort: string;
  /** Absent while there are rows that have not come: an order of some is none. */
  onSort: ((sort: string) => void) | undefined;
}

export function WhoCanRows({ rows, action, open, hrefOf, ...rest }: WhoCanRowsProps) {
  const openRow = rows.find((row) => isOf(row, open));
  return (
    <DataTable
      label="workloads"
      side="auto"
      columns={columnsFor(action, hrefOf)}
      groups={[{ id: "all", rows }]}
      keyOf={rowKey}
      open={openRow ? rowKey(openRow) : ""}
      {...rest}
    />
  );
}
