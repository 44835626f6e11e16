import { ErrorNotice } from "@/components/error-notice";
import type { AuditStatus, Problem } from "@/api/contract";
import type { RecordState } from "@/lib/record-place";
import { formatAbsolute } from "@/lib/age";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { Skeleton } from "@/ui/skeleton";
import type { FeedState } from "./record-feed";
import type { ChangeRecord } from "./use-record";
import { rangeWords } from "./verdict";

interface RecordEmptyProps {
  feed: FeedState;
  state: RecordState;
  status: AuditStatus | undefined;
  problem: Problem | null;
  utc: boolean;
  change: ChangeRecord;
  onRetry: () => void;
  onMore: () => void;
}

function Waiting() {
  return (
    <div role="status" aria-label="loading acts" className="pt-7">
      {Array.from({ length: 14 }, (_, at) => (
        <div key={at} className="flex h-(--row) items-center gap-8 border-b border-line px-4">
          <Skeleton className="h-3 w-36" />
          <Skeleton className="h-3 w-16" />
          <Skeleton className={`h-3 ${["w-56", "w-44", "w-64", "w-48"][at % 4] ?? ""}`} />
        </div>
      ))}
    </div>
  );
}

/** No rows, and why: what was asked, of whose acts, and what to ask instead. */
export function RecordEmpty({
  feed,
  state,
  status,
  problem,
  utc,
  change,
  onRetry,
  onMore,
}: RecordEmptyProps) {
  if (problem) {
    return (
      <EmptyState
        title="The filter does not parse"
        actions={<Button onClick={() => change({ filter: "" })}>Clear the filter</Button>}
      >
        {problem.detail}. Terms stand apart by blanks and must all hold:{" "}
        <code className="mono">user:bob@corp</code>, <code className="mono">outcome:denied,failure</code>,{" "}
        <code className="mono">kind:deployments.apps</code>,{" "}
        <code className="mono">group:&quot;on call&quot;</code>, or words that a row must have.
      </EmptyState>
    );
  }
  if (feed.phase === "failed") {
    return <ErrorNotice error={feed.error} what="the record" onRetry={onRetry} />;
  }
  if (feed.phase === "loading") return <Waiting />;
  const { scope, searchedTo, next } = feed.rows;
  const whose = scope === "own" ? "your own acts" : "the acts of everybody";
  if (next !== null) {
    return (
      <EmptyState
        tone="unknown"
        title="Nothing found so far"
        actions={
          <Button onClick={onMore} disabledReason={feed.growing ? "the search goes on" : null}>
            Go on searching
          </Button>
        }
      >
        Searched {whose}
        {searchedTo && ` back to ${formatAbsolute(searchedTo, utc)}`}; older rows have not been looked at.
      </EmptyState>
    );
  }
  const wide = "span" in state.range && state.range.span === "all";
  return (
    <EmptyState
      title={state.filter ? "No acts match" : "No acts"}
      actions={
        <>
          {state.filter && <Button onClick={() => change({ filter: "" })}>Clear the filter</Button>}
          {!wide && (
            <Button onClick={() => change({ range: { span: "all" } })}>Search all that is kept</Button>
          )}
        </>
      }
    >
      Asked {state.filter ? <code className="mono">{state.filter}</code> : "for everything"} of {whose} in{" "}
      {rangeWords(state.range, utc)}; the record has no such row.
      {status?.firstAt && ` It reaches back to ${formatAbsolute(status.firstAt, utc)}.`}
      {scope === "own" && " Acts of others are shown to audit admins only."}
    </EmptyState>
  );
}
