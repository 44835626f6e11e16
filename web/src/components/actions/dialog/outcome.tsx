import { useEffect, useRef } from "react";
import { RunView } from "@/components/runs/run-view";
import { Button } from "@/ui/button";
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

interface OutcomeFooterProps {
  begun: Begun[];
  onAgain: () => void;
  onClose: () => void;
}

export function OutcomeFooter({ begun, onAgain, onClose }: OutcomeFooterProps) {
  const refused = begun.some((part) => "problem" in part);
  const root = useRef<HTMLDivElement>(null);
  // The button that had the focus is gone: Enter and Escape close.
  useEffect(() => root.current?.querySelector<HTMLElement>("button:last-of-type")?.focus(), []);
  return (
    <div ref={root} className="flex gap-2">
      {refused && <Button onClick={onAgain}>Look at it again</Button>}
      <Button look="primary" onClick={onClose}>
        Done
      </Button>
    </div>
  );
}
