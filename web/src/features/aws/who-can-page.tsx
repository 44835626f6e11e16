import { useCallback, useMemo, type ReactNode } from "react";
import { useLocation, useSearch } from "wouter";
import type { AwsAnswer, AwsGap, WhoCan, WhoCanRow } from "@/api/aws-contract";
import { useWhoCan } from "@/api/aws-queries";
import { useSensitiveCatalog } from "@/api/aws-reference";
import { asApiError } from "@/api/problem";
import { NotRefreshed } from "@/components/aws/not-refreshed";
import { ScopeLine, SourcesLine } from "@/components/aws/sources-line";
import { Unseen } from "@/components/aws/unseen";
import { ClusterText } from "@/components/cluster-text";
import { ErrorNotice } from "@/components/error-notice";
import { Gaps } from "@/components/gaps";
import { Link } from "@/components/link";
import { accessHref, parseWhoCan, whoCanHref, type WhoCanState } from "@/lib/aws-place";
import { formatCount, plural } from "@/lib/quantity";
import { Button } from "@/ui/button";
import { Disclosure } from "@/ui/disclosure";
import { EmptyState } from "@/ui/empty-state";
import { Skeleton, SkeletonLines } from "@/ui/skeleton";
import { TONE_TEXT, ToneMark } from "@/ui/tone-mark";
import { SensitiveChips } from "./sensitive-chips";
import { WhoCanForm, WorkloadField } from "./who-can-form";
import { WhoCanRows } from "./who-can-rows";
import { isAsked, isOf, whoCanVerdict } from "./who-can-words";
import { WhyPane } from "./why-pane";

function useWhoCanState() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const state = useMemo(() => parseWhoCan(search), [search]);
  const change = useCallback(
    (next: Partial<WhoCanState>, how?: { replace: boolean }) =>
      navigate(whoCanHref({ ...parseWhoCan(location.search), ...next }), how),
    [navigate],
  );
  return { state, change, hrefOf: (next: Partial<WhoCanState>) => whoCanHref({ ...state, ...next }) };
}

/** How much of a cluster's answer is missing, in words. */
function shortOf({ gaps, state }: WhoCan["perCluster"][number]): string {
  if (state.phase !== "live") return state.phase;
  return gaps.length > 0 ? plural(gaps.length, "gap") : "";
}

function ClusterItem({ part }: { part: WhoCan["perCluster"][number] }) {
  const { cluster, count, gaps } = part;
  const asked = isAsked(part);
  const short = shortOf(part);
  return (
    <li
      title={gaps.map(({ what, fix }) => [what, fix].filter(Boolean).join(". ")).join("\n") || undefined}
      className="inline-flex items-center gap-1.5"
    >
      <ToneMark tone={asked && short ? "unknown" : count > 0 ? "notice" : "neutral"} />
      <Link href={accessHref(cluster, { tab: "service-accounts" })} className="hover:underline">
        {cluster}
      </Link>
      {asked && (count > 0 || part.state.phase === "live") && (
        <strong className="font-semibold tabular-nums">
          {short && "≥ "}
          {formatCount(count)}
        </strong>
      )}
      <span className="text-sm text-text-3">{asked ? short : "not EKS"}</span>
    </li>
  );
}

/** What each cluster adds, and which of them could not be asked in full. */
function ClusterStrip({ answer }: { answer: WhoCan }) {
  return (
    <ul aria-label="by cluster" className="mt-2 flex flex-wrap gap-x-5 gap-y-1">
      {answer.perCluster.map((part) => (
        <ClusterItem key={part.cluster} part={part} />
      ))}
    </ul>
  );
}

/** All the gaps of all clusters, each said once. */
const gapsOf = ({ gaps, data }: AwsAnswer<WhoCan>): AwsGap[] => [
  ...gaps,
  ...data.perCluster.flatMap((each) => each.gaps),
];

interface ResultProps {
  state: WhoCanState;
  change: ReturnType<typeof useWhoCanState>["change"];
  hrefOf: ReturnType<typeof useWhoCanState>["hrefOf"];
  query: ReturnType<typeof useWhoCan>;
  rows: readonly WhoCanRow[];
  waiting: boolean;
}

function Result({ state, change, hrefOf, query, rows, waiting }: ResultProps) {
  const last = query.data?.pages.at(-1);
  if (!last || waiting)
    return query.error ? (
      <ErrorNotice error={query.error} what="who can" onRetry={() => void query.refetch()} />
    ) : (
      <>
        <Skeleton className="h-5 w-96 max-w-full" />
        <div className="mt-6">
          <SkeletonLines count={10} />
        </div>
      </>
    );
  const verdict = whoCanVerdict(last.data, rows);
  const [only] = state.clusters;
  const open = (row: WhoCanRow) => ({ open: row.workload, part: "" });
  return (
    <div aria-busy={query.isPlaceholderData} className={query.isPlaceholderData ? "opacity-60" : ""}>
      <NotRefreshed query={query} />
      <h2 className={`text-xl font-semibold [overflow-wrap:anywhere] ${TONE_TEXT[verdict.tone]}`}>
        <ClusterText text={verdict.title} />
      </h2>
      <p className="min-h-[22px] text-md text-text-2">{verdict.detail}</p>
      <ClusterStrip answer={last.data} />
      <div className="mt-4">
        {rows.length > 0 && (
          <WhoCanRows
            rows={rows}
            action={state.action}
            open={state.open}
            hrefOf={(row) => hrefOf(open(row))}
            onOpen={(row) => change(open(row), { replace: state.open !== null })}
            onClose={() => change({ open: null })}
            sort={state.sort}
            onSort={query.hasNextPage ? undefined : (sort) => change({ sort }, { replace: true })}
          />
        )}
      </div>
      {query.hasNextPage && (
        <p className="mt-2 flex items-center gap-3">
          <Button
            onClick={() => void query.fetchNextPage()}
            disabledReason={query.isFetchingNextPage ? "the next ones are on their way" : null}
          >
            Show more
          </Button>
          <span className="label">
            {formatCount(rows.length)} of {plural(last.data.total.count, "workload")}
          </span>
        </p>
      )}
      {only !== undefined && state.clusters.length === 1 ? (
        <Unseen cluster={only} gaps={gapsOf(last)} className="mt-5" />
      ) : (
        <Gaps gaps={gapsOf(last)} className="mt-5" />
      )}
      <SourcesLine answer={last} cluster={state.clusters.length === 1 ? only : undefined} className="mt-3" />
      <ScopeLine scope={last.scope} />
    </div>
  );
}

/** Nothing asked yet: what can be asked, and what people ask most. */
function Start({ chips }: { chips: ReactNode }) {
  return (
    <>
      <h2 className="mt-6 text-xl font-semibold">Which workloads can do something in AWS?</h2>
      <p className="max-w-prose text-md text-text-2">
        Type an action or a pattern of actions, or pick a sensitive one; with + between them several are asked
        together. The answer names the workloads that you may see in every cluster, the role by which they
        can, and under which conditions.
      </p>
      <div className="mt-4">{chips}</div>
    </>
  );
}

/** `action_invalid`, `resource_invalid`: what of the question does not parse. */
const INVALID = /^(?:invalid_(\w+)|(\w+)_invalid)$/;

/** Which workloads can do something in AWS, over the whole fleet. */
export function WhoCanPage() {
  const { state, change, hrefOf } = useWhoCanState();
  const query = useWhoCan(state);
  const rows = useMemo(() => query.data?.pages.flatMap(({ data }) => data.rows) ?? [], [query.data]);
  const problem = query.error ? asApiError(query.error).problem : null;
  const catalog = useSensitiveCatalog();
  const waiting = catalog.isPending || (state.action !== "" && query.isPending);
  const chips = (
    <SensitiveChips action={state.action} hrefOf={(action) => hrefOf({ action, open: null, part: "" })} />
  );
  const one = <WorkloadField onPick={(open) => change({ open, part: "" })} />;
  const [, before, after] = INVALID.exec(problem?.code ?? "") ?? [];
  const field = before ?? after ?? null;
  const wrong = problem && field ? problem.detail : null;
  return (
    <div className="flex h-full min-h-0">
      <section aria-label="who can" className="min-w-0 flex-1 overflow-auto">
        <div className="@container px-6 py-5 max-md:px-3">
          <WhoCanForm state={state} change={change} problem={wrong} field={field} />
          {state.action === "" ? (
            <Start chips={chips} />
          ) : (
            <div className="mt-3 flex flex-wrap items-start gap-x-8 gap-y-3">
              <Disclosure summary="Sensitive permissions" className="min-w-56 flex-1">
                <div className="pt-2 pl-[18px]">{chips}</div>
              </Disclosure>
              {one}
            </div>
          )}
          <div className={state.action === "" ? "" : "mt-3 border-t border-line pt-4"}>
            {state.action === "" ? null : wrong ? (
              <EmptyState title="The question does not parse">{wrong}</EmptyState>
            ) : (
              <Result {...{ state, change, hrefOf, query, rows, waiting }} />
            )}
          </div>
          {state.action === "" && !waiting && <div className="mt-6 border-t border-line pt-4">{one}</div>}
        </div>
      </section>
      <WhyPane {...{ state, change, hrefOf, waiting }} row={rows.find((row) => isOf(row, state.open))} />
    </div>
  );
}
