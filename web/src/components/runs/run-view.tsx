import { useState } from "react";
import type { ActionResult, ActionRun } from "@/api/actions-contract";
import { useCancelRun, useRun } from "@/api/actions";
import { asApiError } from "@/api/problem";
import { ClusterText } from "@/components/cluster-text";
import { ErrorNotice } from "@/components/error-notice";
import { Needs } from "@/components/gaps";
import { Link } from "@/components/link";
import { ObjectLink } from "@/components/object-link";
import { auditRowHref } from "@/lib/place";
import { formatCount } from "@/lib/quantity";
import { requestRecordHref } from "@/lib/record-place";
import { Age } from "@/ui/age";
import { ProgressBar } from "@/ui/progress";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { SkeletonLines } from "@/ui/skeleton";
import { TONE_TEXT, ToneMark } from "@/ui/tone-mark";
import { DrainPods } from "./drain-pods";
import { drainSentence, resultRank, RESULTS, runSentence, runTone } from "./results";

function ResultLine({ result, cluster }: { result: ActionResult; cluster: string }) {
  const { target, state, message, needs, created, audit } = result;
  const { tone, word } = RESULTS[state];
  const object = { cluster, kind: target.kind, namespace: target.namespace ?? null, name: target.name };
  return (
    <li className="border-b border-line py-1 [contain-intrinsic-size:auto_28px] [content-visibility:auto] last:border-b-0">
      <div className="flex min-w-0 items-baseline gap-2">
        <ToneMark tone={tone} className="translate-y-px" />
        <ObjectLink object={object} namespace className="min-w-0" />
        <span className={`ml-auto shrink-0 text-sm ${TONE_TEXT[tone]}`}>{word}</span>
        {audit && (
          <Link
            href={auditRowHref(audit)}
            className="shrink-0 text-sm text-text-3 hover:text-text-1 hover:underline"
            title="its record in the audit trail"
          >
            record {audit.sequence}
          </Link>
        )}
      </div>
      <div className="pl-[18px] text-sm [overflow-wrap:anywhere] text-text-2">
        {message && (
          <p>
            <ClusterText text={message} />
          </p>
        )}
        {state === "denied" && needs.length > 0 && (
          <p>
            Needs <Needs needs={needs} />
          </p>
        )}
        {created && (
          <p>
            made <ObjectLink object={created} namespace />
          </p>
        )}
      </div>
    </li>
  );
}

const FIRST = 50;

function Results({ run }: { run: ActionRun }) {
  const [all, setAll] = useState(false);
  const sorted = [...run.results].sort((one, other) => resultRank(one.state) - resultRank(other.state));
  const shown = all ? sorted : sorted.slice(0, FIRST);
  return (
    <section aria-label={`results on ${run.cluster}`}>
      <ul className="rounded border border-line px-3">
        {shown.map((result) => (
          <ResultLine
            key={`${result.target.namespace ?? ""} ${result.target.name}`}
            result={result}
            cluster={run.cluster}
          />
        ))}
      </ul>
      {shown.length < sorted.length && (
        <Button look="quiet" className="mt-1" onClick={() => setAll(true)}>
          Show {formatCount(sorted.length - shown.length)} more
        </Button>
      )}
    </section>
  );
}

function CancelButton({ id }: { id: string }) {
  const cancel = useCancelRun(id);
  const [asked, setAsked] = useState(false);
  const [failed, setFailed] = useState("");
  const go = async () => {
    setAsked(true);
    setFailed("");
    try {
      await cancel();
    } catch (error) {
      setAsked(false);
      setFailed(asApiError(error).problem.detail);
    }
  };
  return (
    <>
      {failed && <span className="text-sm text-danger">{failed}</span>}
      <Button
        disabledReason={asked ? "cancelling: what is under way is waited for" : null}
        onClick={() => void go()}
      >
        Cancel
      </Button>
    </>
  );
}

function Sentence({ run }: { run: ActionRun }) {
  const tone = runTone(run);
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
      <p role="status" className={`flex min-w-0 items-center gap-1.5 text-md font-medium ${TONE_TEXT[tone]}`}>
        <ToneMark tone={tone} />
        <span>{run.drain ? drainSentence(run.drain.pods) : runSentence(run)}</span>
      </p>
      <span className="text-sm text-text-3">
        {run.cluster} · <Age at={run.startedAt} /> ago
        {run.state === "cancelled" && " · cancelled"}
        {run.drain && run.state !== "running" && ` · ${runSentence(run)}`}
      </span>
      {run.state === "running" && (
        <span className="ml-auto flex items-center gap-2">
          <CancelButton id={run.id} />
        </span>
      )}
    </div>
  );
}

/** Runs are followed in memory. What they did is in the record, and what nobody saw the end of is unknown there. */
function RunGone({ id }: { id: string }) {
  return (
    <EmptyState
      tone="unknown"
      title="This action is no longer followed"
      actions={
        <Link href={requestRecordHref(id)} className="text-accent underline">
          Each object that it was begun on, in the record
        </Link>
      }
    >
      Periscope was started anew meanwhile, or it ended more than an hour ago. Where the record says unknown,
      nobody saw how it ended: look at the object. What is not in the record was not begun.
    </EmptyState>
  );
}

/** One run, live: how it stands, what became of each object, and of each pod of a drain. */
export function RunView({ id }: { id: string }) {
  const { data: run, error, refetch } = useRun(id);
  if (error && asApiError(error).problem.status === 404) return <RunGone id={id} />;
  if (error) return <ErrorNotice error={error} what="this run" onRetry={() => void refetch()} />;
  if (!run) return <SkeletonLines count={3} />;
  const moving = run.drain?.pods.filter(({ state }) => state !== "skipped");
  const [done, total] = moving
    ? [moving.filter(({ state }) => state === "gone").length, moving.length]
    : [run.done, run.total];
  return (
    <div className="flex flex-col gap-2">
      <Sentence run={run} />
      {run.state === "running" && total > 0 && <ProgressBar done={done} total={total} label={run.summary} />}
      {run.drain && <DrainPods pods={run.drain.pods} cluster={run.cluster} />}
      <Results run={run} />
    </div>
  );
}
