import { ListChecks } from "lucide-react";
import type { ActionRun } from "@/api/actions-contract";
import { useRuns } from "@/api/actions";
import { useSession } from "@/api/queries";
import { asApiError } from "@/api/problem";
import { dock } from "@/components/dock";
import { Link } from "@/components/link";
import { changesRecordHref } from "@/lib/record-place";
import { Age } from "@/ui/age";
import { Popover } from "@/ui/menu";
import { SkeletonLines } from "@/ui/skeleton";
import { ToneMark } from "@/ui/tone-mark";
import { runSentence, runTone } from "./results";

function RunLine({ run, close }: { run: ActionRun; close: () => void }) {
  const { id, cluster, summary, startedAt } = run;
  return (
    <button
      type="button"
      onClick={() => {
        close();
        dock.open({ kind: "run", id, cluster, title: summary });
      }}
      className="flex w-full items-baseline gap-2 rounded px-2 py-1 text-left hover:bg-raised-2 focus-visible:bg-raised-2"
    >
      <ToneMark tone={runTone(run)} className="translate-y-px" />
      <span className="min-w-0 flex-1">
        <span className="block [overflow-wrap:anywhere]">{summary}</span>
        <span className="label block">
          {cluster} · {runSentence(run)}
        </span>
      </span>
      <Age at={startedAt} className="mono shrink-0 text-text-3" />
    </button>
  );
}

function Runs({ close }: { close: () => void }) {
  const { data: runs, error } = useRuns();
  if (error) return <p className="px-3 py-2 text-text-2">{asApiError(error).problem.detail}</p>;
  if (!runs) return <SkeletonLines count={3} />;
  if (runs.length === 0)
    return (
      <p className="px-3 py-2 text-text-2">
        Nothing within the last hour, as far as is known here: a restart of Periscope forgets.
      </p>
    );
  return (
    <ul aria-label="recent actions" className="max-h-[60vh] overflow-auto p-1">
      {runs.map((run) => (
        <li key={run.id}>
          <RunLine run={run} close={close} />
        </li>
      ))}
    </ul>
  );
}

/** The list is of this process alone, the record is not. */
function InTheRecord({ close }: { close: () => void }) {
  const subject = useSession().data?.subject;
  if (!subject) return null;
  return (
    <p className="border-t border-line px-3 py-1.5 text-sm">
      <Link
        href={changesRecordHref(subject)}
        onClick={close}
        className="text-text-2 hover:text-text-1 hover:underline"
      >
        Everything you changed, in the record
      </Link>
    </p>
  );
}

/** What this person did lately, and what of it still goes on. */
export function RunsButton() {
  const running = useRuns().data?.filter((run) => run.state === "running").length ?? 0;
  return (
    <Popover
      label={running > 0 ? `recent actions, ${running} under way` : "recent actions"}
      look="quiet"
      align="right"
      icon={
        <span className="relative">
          <ListChecks size={16} strokeWidth={1.75} />
          {running > 0 && <ToneMark tone="notice" className="absolute -top-1 -right-1.5" />}
        </span>
      }
      button=""
    >
      {(close) => (
        <div className="w-[min(380px,calc(100vw-24px))]">
          <h2 className="label border-b border-line px-3 py-1.5">Your actions of the last hour</h2>
          <Runs close={close} />
          <InTheRecord close={close} />
        </div>
      )}
    </Popover>
  );
}
