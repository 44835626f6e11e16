import { useEffect, useRef } from "react";
import { RunView } from "@/components/runs/run-view";
import { Button } from "@/ui/button";
import { actionStore, type ClusterTarget, type Wish } from "../store";
import { ProblemLine } from "./consequences";
import type { Begun } from "./use-confirm";

/** What became of it, object by object. */
export function Outcome({ begun }: { begun: Begun[] }) {
  return (
    <div className="flex flex-col gap-4 p-4">
      {begun.map((part) =>
        "run" in part ? (
          <RunView key={part.run.id} id={part.run.id} />
        ) : (
          <ProblemLine key={part.cluster} cluster={part.cluster} problem={part.problem} />
        ),
      )}
    </div>
  );
}

/** What failed may be looked at again; what is refused stays so, and what is not known has to be looked at first. */
export const failedTargets = (begun: Begun[]): ClusterTarget[] =>
  begun.flatMap((part) => {
    if (!("run" in part)) return [];
    const { cluster, results } = part.run;
    return results
      .filter(({ state }) => state === "failure")
      .map(({ target: { kind, namespace, name } }) => ({
        cluster,
        kind,
        name,
        ...(namespace ? { namespace } : {}),
      }));
  });

interface OutcomeFooterProps {
  wish: Wish;
  begun: Begun[];
  /** Back to what could not be begun. */
  onAgain: () => void;
  onClose: () => void;
}

export function OutcomeFooter({ wish, begun, onAgain, onClose }: OutcomeFooterProps) {
  const refused = begun.some((part) => "problem" in part);
  const failed = failedTargets(begun);
  const root = useRef<HTMLDivElement>(null);
  // The button that had the focus is gone: Enter and Escape close.
  useEffect(() => root.current?.querySelector<HTMLElement>("[data-done]")?.focus(), []);
  return (
    <div ref={root} className="flex gap-2">
      {refused && <Button onClick={onAgain}>Look at it again</Button>}
      {!refused && failed.length > 0 && (
        <Button onClick={() => actionStore.ask({ ...wish, targets: failed, object: undefined })}>
          Look again at what failed
        </Button>
      )}
      <Button look="primary" onClick={onClose} data-done>
        Done
      </Button>
    </div>
  );
}
