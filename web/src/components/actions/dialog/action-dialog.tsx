import { useState } from "react";
import type { Cluster } from "@/api/contract";
import { useClusters } from "@/api/queries";
import { dock } from "@/components/dock";
import { ENVIRONMENT_BG } from "@/components/environment";
import { formatCount, plural } from "@/lib/quantity";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { actionSpec } from "../catalogue";
import type { Wish } from "../store";
import { buttonWords, objectsWord } from "../words";
import { ConfirmName } from "./confirm-name";
import { ConsequenceView } from "./consequences";
import { consequence, makeAction, type Made } from "./draft";
import { Options } from "./options";
import { Outcome } from "./outcome";
import { doableTargets, useConfirm, type Begun } from "./use-confirm";
import { useConsequences, type Consequences } from "./use-consequences";
import { useDraft } from "./use-draft";

/** Which cluster one is on is never in doubt. */
export function Where({ ids }: { ids: readonly string[] }) {
  const clusters = useClusters().data ?? [];
  const found = ids
    .map((id) => clusters.find((cluster) => cluster.id === id))
    .filter((one) => one !== undefined);
  return (
    <span className="flex flex-wrap justify-end gap-x-3 text-sm text-text-2">
      {found.map(({ id, name, environment }: Cluster) => (
        <span key={id} className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <span aria-hidden className={`h-3 w-[3px] rounded-full ${ENVIRONMENT_BG[environment]}`} />
          {name}
          <span className="text-text-3">{environment}</span>
        </span>
      ))}
    </span>
  );
}

/** What has to be typed, each once. */
const namesToType = ({ clusters }: Consequences): string[] => [
  ...new Set(
    clusters.flatMap((part) =>
      part.preview?.confirmName && doableTargets(part).length > 0 ? part.preview.confirmName : [],
    ),
  ),
];

/** Why the button does nothing, or null. */
function blockedBy(made: Made, consequences: Consequences, typed: Record<string, string>): string | null {
  if (made.missing) return made.missing;
  if (consequences.stale) return "what it would do is being asked";
  const doable = consequences.clusters.flatMap(doableTargets).length;
  if (doable === 0) {
    const target = consequences.clusters.flatMap(({ preview }) => preview?.targets ?? [])[0];
    return target?.reason ?? target?.dryRun?.message ?? "nothing of this can be done";
  }
  const untyped = namesToType(consequences).find((name) => typed[name] !== name);
  return untyped === undefined ? null : `type ${untyped} first: this is production`;
}

/** A run that goes on belongs to the dock, where it does not stand in the way. */
function handOver(begun: Begun[]): boolean {
  const running = begun.flatMap((part) => ("run" in part && part.run.state === "running" ? part.run : []));
  for (const run of running) dock.open({ kind: "run", id: run.id, cluster: run.cluster, title: run.summary });
  return running.length > 0 && running.length === begun.length;
}

interface ActionDialogProps {
  wish: Wish;
  onClose: () => void;
}

/** Asks before anything is done: what it would do, to what, what speaks against it; then tells what became of it. */
export function ActionDialog({ wish, onClose }: ActionDialogProps) {
  const { action: id, kind, targets } = wish;
  const spec = actionSpec(id);
  const { draft, change, object, read } = useDraft(wish);
  const [typed, setTyped] = useState<Record<string, string>>({});
  const confirm = useConfirm();
  const over = confirm.begun.length > 0;
  const made = makeAction(id, draft);
  const consequences = useConsequences(made.action, targets, !over && !confirm.sending);
  const doable = consequences.clusters.flatMap(doableTargets).length;
  const left = consequences.stale ? 0 : consequences.clusters.length > 0 ? targets.length - doable : 0;
  const title = `${spec.title} ${objectsWord(
    kind,
    targets.map(({ name }) => name),
  )}`;
  const clusters = [...new Set(targets.map(({ cluster }) => cluster))];
  if (over)
    return (
      <Outcome
        title={title}
        begun={confirm.begun}
        where={<Where ids={clusters} />}
        onClose={onClose}
        onAgain={confirm.reset}
      />
    );
  const go = async () => {
    if (made.action === null) return;
    if (handOver(await confirm.go(made.action, consequences.clusters, typed))) onClose();
  };
  const button = buttonWords(id, kind, doable || targets.length);
  const names = namesToType(consequences);
  const mayFocusButton = !spec.danger && !spec.asks;
  return (
    <Dialog
      shape="wide"
      keep
      title={title}
      aside={<Where ids={clusters} />}
      onClose={onClose}
      footer={
        <>
          <p role="status" className="mr-auto text-sm text-text-2">
            {confirm.sending
              ? `${spec.doing} …`
              : left > 0 && doable > 0
                ? `${plural(left, "object")} left out: see why above`
                : ""}
          </p>
          <Button onClick={onClose} data-first-focus={spec.danger && names.length === 0 ? true : undefined}>
            {confirm.sending ? "Close" : "Cancel"}
          </Button>
          <Button
            look={spec.danger ? "danger" : "primary"}
            disabledReason={confirm.sending ? `${spec.doing} …` : blockedBy(made, consequences, typed)}
            onClick={() => void go()}
            data-first-focus={mayFocusButton || undefined}
          >
            {button}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          // What takes something away is not done by Enter in some field, unless its name was typed.
          if (spec.danger && names.length === 0) return;
          if (!confirm.sending && blockedBy(made, consequences, typed) === null) void go();
        }}
      >
        <p className="text-md">
          {targets.length > 1 && <span className="font-medium">{formatCount(targets.length)} objects. </span>}
          {consequence(id, draft, targets.length)}
        </p>
        <Options
          action={id}
          draft={draft}
          change={change}
          problems={made.problems}
          object={object}
          read={read}
          count={targets.length}
        />
        {made.problems.pairs && <p className="text-sm text-danger">{made.problems.pairs}</p>}
        <ConsequenceView consequences={consequences} />
        {names.map((name) => (
          <ConfirmName
            key={name}
            name={name}
            typed={typed[name] ?? ""}
            onChange={(text) => setTyped((now) => ({ ...now, [name]: text }))}
          />
        ))}
        {/* Enter in a field does what the button does. */}
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </form>
    </Dialog>
  );
}
