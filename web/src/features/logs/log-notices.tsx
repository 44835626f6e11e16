import { useStreamStatus } from "@/api/live";
import { ClusterText } from "@/components/cluster-text";
import { Gaps, Needs } from "@/components/gaps";
import { Age } from "@/ui/age";
import { EmptyState } from "@/ui/empty-state";
import { SkeletonLines } from "@/ui/skeleton";
import { ToneMark } from "@/ui/tone-mark";
import type { LogSnapshot, Source } from "./log-store";
import { PHASE_TONE } from "./source-picker";

interface Group {
  first: Source;
  count: number;
}

const SHOWN = 3;

/** Logs that are not read for the same reason, as one. */
export function groupTroubles(sources: readonly Source[]): Group[] {
  const groups = new Map<string, Group>();
  for (const source of sources) {
    const troubled =
      source.state === "refused" ||
      source.state === "failed" ||
      (source.state === "connecting" && source.reason);
    if (!troubled) continue;
    const key = JSON.stringify([source.state, source.reason, source.needs]);
    const known = groups.get(key);
    if (known) known.count += 1;
    else groups.set(key, { first: source, count: 1 });
  }
  return [...groups.values()];
}

function Trouble({ group: { first, count } }: { group: Group }) {
  return (
    <li className="flex items-start gap-1.5">
      <ToneMark tone={PHASE_TONE[first.state]} className="mt-1" />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="mono text-text-1">
          <ClusterText text={first.pod} /> {first.container}
        </span>
        {count > 1 && ` and ${count - 1} more`}:{" "}
        {first.reason ? <ClusterText text={first.reason} /> : first.state}
        {first.needs && first.needs.length > 0 && (
          <>
            . Needs <Needs needs={first.needs} />
          </>
        )}
      </span>
    </li>
  );
}

/** What is not in these lines, and why. Refused is not empty. */
export function LogNotices({ snapshot }: { snapshot: LogSnapshot }) {
  const stream = useStreamStatus();
  const groups = groupTroubles(snapshot.sources);
  const stale = stream.phase === "stale";
  if (groups.length === 0 && snapshot.gaps.length === 0 && !stale && !snapshot.filter.problem) return null;
  return (
    <div role="status" className="shrink-0 border-b border-line px-3 py-1 text-sm text-text-2">
      {stale && (
        <p className="flex items-center gap-1.5 text-warning">
          <ToneMark tone="warning" /> Not connected for <Age at={new Date(stream.since).toISOString()} />;
          lines come when the connection is back.
        </p>
      )}
      {snapshot.filter.problem && <p className="text-warning">The expression: {snapshot.filter.problem}</p>}
      {groups.length > 0 && (
        <ul>
          {groups.slice(0, SHOWN).map((group) => (
            <Trouble key={group.first.id} group={group} />
          ))}
          {groups.length > SHOWN && <li>and {groups.length - SHOWN} other reasons</li>}
        </ul>
      )}
      <Gaps gaps={snapshot.gaps} className="my-1" />
    </div>
  );
}

/** Instead of lines: what was asked, and what came back. */
export function LogEmpty({ snapshot }: { snapshot: LogSnapshot }) {
  const { problem, searching, sources, total, asked } = snapshot;
  if (problem) {
    const refused = problem.code === "refused" || problem.code === "not_admitted";
    return (
      <EmptyState tone={refused ? "unknown" : "danger"} title={refused ? "Logs: refused" : "Logs: not open"}>
        <p>
          <ClusterText text={problem.detail} />
        </p>
        {problem.needs.length > 0 && (
          <p>
            Needs <Needs needs={problem.needs} />
          </p>
        )}
      </EmptyState>
    );
  }
  if (searching) {
    return (
      <div className="p-4">
        <p className="label mb-2">finding its pods</p>
        <SkeletonLines />
      </div>
    );
  }
  if (total > 0)
    return (
      <EmptyState title={`None of ${total.toLocaleString("en")} lines is shown`}>
        The filter or the choice of pods leaves none.
      </EmptyState>
    );
  if (sources.length === 0) {
    return <EmptyState title="There are no pods now">Those that come are joined by themselves.</EmptyState>;
  }
  const open = sources.some(({ state }) => state === "live" || state === "ended");
  if (!open) return null;
  const span = asked.sinceSeconds === null ? "" : " in this time";
  return (
    <EmptyState title={`Nothing was written${span}`}>
      {asked.previous ? "The run before wrote nothing." : "New lines appear here."}
    </EmptyState>
  );
}
