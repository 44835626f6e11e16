import { useState } from "react";
import type { Cluster } from "@/api/contract";
import { useClusters } from "@/api/queries";
import { dock } from "@/components/dock";
import { ENVIRONMENT_BG } from "@/components/environment";
import { plural } from "@/lib/quantity";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { actionSpec } from "../catalogue";
import type { Wish } from "../store";
import { buttonWords, dialogTitle, objectsWord } from "../words";
import { ConfirmName } from "./confirm-name";
import { ConsequenceView } from "./consequences";
import { consequence, makeAction, type Made } from "./draft";
import { standsAgainst } from "./drain-plan";
import { Options } from "./options";
import { Outcome, OutcomeFooter } from "./outcome";
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
    <span className="flex flex-wrap justify-end gap-x-3 text-sm text-text-2 max-md:justify-start">
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
  const stands = standsAgainst(consequences.clusters.flatMap(({ preview }) => preview?.drain?.pods ?? []));
  if (stands) return stands;
  const untyped = namesToType(consequences).find((name) => typed[name] !== name);
  return untyped === undefined ? null : `type ${untyped} first: this is production`;
}

/** A run that goes on belongs to the dock, where it does not stand in the way. */
function handOver(begun: Begun[]): boolean {
  const running = begun.flatMap((part) => ("run" in part && part.run.state === "running" ? part.run : []));
  for (const run of running) dock.open({ kind: "run", id: run.id, cluster: run.cluster, title: run.summary });
  return running.length > 0 && running.length === begun.length;
}

interface ConfirmFooterProps {
  wish: Wish;
  consequences: Consequences;
  blocked: string | null;
  sending: boolean;
  onGo: () => void;
  onClose: () => void;
}

function ConfirmFooter({ wish, consequences, blocked, sending, onGo, onClose }: ConfirmFooterProps) {
  const { action: id, kind, targets } = wish;
  const { danger, asks, doing } = actionSpec(id);
  const doable = consequences.clusters.flatMap(doableTargets).length;
  const known = consequences.clusters.length > 0 && !consequences.stale;
  const left = known && doable > 0 ? targets.length - doable : 0;
  return (
    <>
      <p role="status" className="mr-auto text-sm text-text-2">
        {sending ? `${doing} …` : left > 0 ? `${plural(left, "object")} left out: see why above` : ""}
      </p>
      <Button onClick={onClose} data-first-focus={danger || undefined}>
        {sending ? "Close" : "Cancel"}
      </Button>
      <Button
        look={danger ? "danger" : "primary"}
        disabledReason={sending ? `${doing} …` : blocked}
        onClick={onGo}
        data-first-focus={!(danger || asks) || undefined}
      >
        {buttonWords(id, kind, doable || targets.length)}
      </Button>
    </>
  );
}

interface ActionDialogProps {
  wish: Wish;
  onClose: () => void;
}

/** Asks before anything is done: what it would do, to what, what speaks against it; then tells what became of it. */
export function ActionDialog({ wish, onClose }: ActionDialogProps) {
  const { action: id, kind, targets } = wish;
  const names = targets.map(({ name }) => name);
  const confirm = useConfirm();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const { draft, change, object, read } = useDraft(wish);
  const made = makeAction(id, draft, read);
  const over = confirm.begun.length > 0;
  const consequences = useConsequences(made.action, targets, !over && !confirm.sending);
  const blocked = blockedBy(made, consequences, typed);
  const toType = namesToType(consequences);
  const go = async () => {
    if (made.action === null || blocked !== null || confirm.sending) return;
    if (handOver(await confirm.go(made.action, consequences.clusters, typed))) onClose();
  };
  const { danger = false } = actionSpec(id);
  return (
    <Dialog
      shape="wide"
      keep={!over}
      title={dialogTitle(id, objectsWord(kind, names))}
      aside={<Where ids={[...new Set(targets.map(({ cluster }) => cluster))]} />}
      onClose={onClose}
      footer={
        over ? (
          <OutcomeFooter wish={wish} begun={confirm.begun} onAgain={confirm.reset} onClose={onClose} />
        ) : (
          <>
            {toType.map((name) => (
              <ConfirmName
                key={name}
                name={name}
                typed={typed[name] ?? ""}
                onChange={(text) => setTyped((now) => ({ ...now, [name]: text }))}
                onEnter={() => void go()}
              />
            ))}
            <ConfirmFooter
              {...{ wish, consequences, blocked, onClose }}
              sending={confirm.sending}
              onGo={() => void go()}
            />
          </>
        )
      }
    >
      {over ? (
        <Outcome begun={confirm.begun} />
      ) : (
        <form
          className="flex flex-col gap-4 p-4"
          onSubmit={(event) => {
            event.preventDefault();
            // What takes something away is not done by Enter in some field.
            if (!danger) void go();
          }}
        >
          <p className="text-md">{consequence(id, draft, kind.id, targets.length)}</p>
          <Options
            {...{ action: id, kind: kind.id, draft, change, object, read }}
            problems={made.problems}
            count={targets.length}
          />
          {made.problems.pairs && <p className="text-sm text-danger">{made.problems.pairs}</p>}
          {made.action && <ConsequenceView consequences={consequences} />}
          {/* Enter in a field does what the button does. */}
          <button type="submit" hidden aria-hidden tabIndex={-1} />
        </form>
      )}
    </Dialog>
  );
}
