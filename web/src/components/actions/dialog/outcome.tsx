import type { ReactNode } from "react";
import { RunView } from "@/components/runs/run-view";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ProblemLine } from "./consequences";
import type { Begun } from "./use-confirm";

interface OutcomeProps {
  title: string;
  begun: Begun[];
  where: ReactNode;
  onClose: () => void;
  onAgain: () => void;
}

/** What became of it, object by object. */
export function Outcome({ title, begun, where, onClose, onAgain }: OutcomeProps) {
  const refused = begun.some((part) => "problem" in part);
  return (
    <Dialog
      shape="wide"
      title={title}
      aside={where}
      onClose={onClose}
      footer={
        <>
          {refused && <Button onClick={onAgain}>Look at it again</Button>}
          <Button look="primary" data-first-focus onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 p-4">
        {begun.map((part) =>
          "run" in part ? (
            <RunView key={part.run.id} id={part.run.id} />
          ) : (
            <ProblemLine key={part.cluster} cluster={part.cluster} problem={part.problem} />
          ),
        )}
      </div>
    </Dialog>
  );
}
