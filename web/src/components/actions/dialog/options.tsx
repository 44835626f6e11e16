// What can be chosen for each action.
import type { ReactNode } from "react";
import type { KubernetesObject, ObjectRef } from "@/api/contract";
import { Button } from "@/ui/button";
import { CheckField, Choice, TextField } from "@/ui/field";
import type { ActionId } from "../catalogue";
import { ownsObjects, type Draft, type DraftProblems } from "./draft";
import { PairsEditor } from "./pairs-editor";
import { RevisionChoice } from "./revision-choice";

export interface OptionsProps {
  action: ActionId;
  kind: string;
  draft: Draft;
  change: (change: Partial<Draft>) => void;
  problems: DraftProblems;
  /** The only object, where there is one. */
  object: ObjectRef | null;
  read: KubernetesObject | undefined;
  count: number;
}

function Grace({ draft, change, problems }: OptionsProps) {
  return (
    <TextField
      label="Grace period in seconds"
      numeric
      mono
      value={draft.grace}
      onChange={(grace) => change({ grace })}
      problem={problems.grace}
      placeholder="its own"
      className="w-44"
    />
  );
}

function ScaleOptions({ draft, change, problems, read }: OptionsProps) {
  const now = read?.spec?.["replicas"];
  const step = (by: number) => () =>
    change({ replicas: String(Math.max(0, (Number.parseInt(draft.replicas, 10) || 0) + by)) });
  return (
    <div className="flex items-end gap-2">
      <TextField
        label={typeof now === "number" ? `Replicas, now ${now}` : "Replicas"}
        numeric
        mono
        first
        value={draft.replicas}
        onChange={(replicas) => change({ replicas })}
        problem={problems.replicas}
        className="w-32"
      />
      <Button aria-label="−1 replica" onClick={step(-1)} className="mono">
        −1
      </Button>
      <Button aria-label="+1 replica" onClick={step(1)} className="mono">
        +1
      </Button>
    </div>
  );
}

function DeleteOptions(props: OptionsProps) {
  const { draft, change, kind } = props;
  // Only pods take their time to end.
  if (kind === "pods") return <Grace {...props} />;
  if (!ownsObjects(kind)) return null;
  return (
    <Choice
      label="What it owns"
      value={draft.propagation}
      onChange={(propagation) => change({ propagation })}
      options={[
        { value: "background", title: "deleted after it" },
        { value: "foreground", title: "deleted first" },
        { value: "orphan", title: "kept" },
      ]}
    />
  );
}

function DrainOptions(props: OptionsProps) {
  const { draft, change, problems } = props;
  return (
    <div className="grid gap-x-8 gap-y-2 sm:grid-cols-2">
      <div>
        <CheckField
          label="Evict pods with local data"
          about="what they keep in emptyDir volumes is lost"
          checked={draft.deleteEmptyDirData}
          onChange={(deleteEmptyDirData) => change({ deleteEmptyDirData })}
        />
        <CheckField
          label="Evict pods that nothing owns"
          about="nothing starts them again"
          checked={draft.force}
          onChange={(force) => change({ force })}
        />
      </div>
      <div className="flex flex-wrap items-start gap-4">
        <Grace {...props} />
        <TextField
          label="Give up after, in seconds"
          numeric
          mono
          value={draft.timeout}
          onChange={(timeout) => change({ timeout })}
          problem={problems.timeout}
          placeholder="600"
          className="w-44"
        />
      </div>
    </div>
  );
}

function TriggerOptions({ draft, change, problems, count }: OptionsProps) {
  if (count > 1) return null;
  return (
    <TextField
      label="Name of the job"
      mono
      first
      value={draft.name}
      onChange={(name) => change({ name })}
      problem={problems.name}
      placeholder="made from the CronJob's name"
      className="w-80 max-w-full"
    />
  );
}

/** Null where there is nothing to choose. */
export function Options(props: OptionsProps): ReactNode {
  const { action, draft, change } = props;
  switch (action) {
    case "scale":
      return <ScaleOptions {...props} />;
    case "delete":
      return <DeleteOptions {...props} />;
    case "evict":
      return <Grace {...props} />;
    case "drain":
      return <DrainOptions {...props} />;
    case "trigger":
      return <TriggerOptions {...props} />;
    case "rollback":
      return (
        props.object && (
          <RevisionChoice
            object={props.object}
            chosen={draft.revision}
            onChoose={(revision) => change({ revision })}
          />
        )
      );
    case "label":
    case "annotate":
      return (
        <PairsEditor
          type={action}
          rows={draft.pairs}
          one={props.count === 1}
          onChange={(pairs) => change({ pairs })}
        />
      );
    default:
      return null;
  }
}
