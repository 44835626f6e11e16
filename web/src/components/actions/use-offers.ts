import { useCanI, type CanIState, type Question } from "@/api/can-i";
import { actionsOf, type ActionSpec } from "./catalogue";
import { meaningful, stateReason } from "./object-state";
import type { Subject } from "./store";
import { refusalWords } from "./words";

export interface Offer {
  spec: ActionSpec;
  /** Why it cannot be done; null when it can. While that is not known it is offered: the server decides anyway. */
  disabledReason: string | null;
  /** The permission has not been answered yet. */
  pending: boolean;
}

/** More objects are not asked about one by one: their consequence says which of them are refused. */
const MOST_ASKED = 32;
/** The server takes no more at a time, for each cluster. */
export const MOST_TARGETS = 500;

function questionsOf(spec: ActionSpec, subject: Subject): Question[] {
  if (subject.targets.length > MOST_ASKED) return [];
  return subject.targets.flatMap(({ cluster, namespace, name }) =>
    spec
      .needs(subject.kind, { namespace: namespace ?? null, name })
      .map((permission) => ({ cluster, permission })),
  );
}

/** Why none of the objects may be acted on: one that may is enough to offer the action. */
function refusal(spec: ActionSpec, subject: Subject, answers: CanIState): string | null | undefined {
  let first: string | null = null;
  for (const target of subject.targets) {
    const asked = spec.needs(subject.kind, { namespace: target.namespace ?? null, name: target.name });
    const found = asked.map((permission) => answers.of({ cluster: target.cluster, permission }));
    if (found.some((answer) => answer === undefined)) return undefined;
    const refused = found.filter((answer) => answer && !answer.allowed);
    if (refused.length === 0) return null;
    first ??= refusalWords(
      refused.filter((answer) => answer !== null && answer !== undefined),
      target.cluster,
    );
  }
  return first;
}

/** Too many, or more than one where one is meant. */
function countReason(spec: ActionSpec, { targets }: Subject): string | null {
  if (spec.single && targets.length > 1) return "one object at a time: each has revisions of its own";
  const counts = new Map<string, number>();
  for (const { cluster } of targets) counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return most > MOST_TARGETS
    ? `at most ${MOST_TARGETS} objects of a cluster at a time; ${most} are selected`
    : null;
}

/** The actions on a subject, and which of them this person may do. */
export function useOffers(subject: Subject | null): Offer[] {
  const specs = subject ? meaningful(actionsOf(subject.kind, subject.object), subject.object) : [];
  const answers = useCanI(subject ? specs.flatMap((spec) => questionsOf(spec, subject)) : []);
  if (!subject) return [];
  return specs.map((spec) => {
    const asked = subject.targets.length <= MOST_ASKED;
    const refused = asked ? refusal(spec, subject, answers) : null;
    return {
      spec,
      disabledReason: refused ?? countReason(spec, subject) ?? stateReason(spec.id, subject.object),
      pending: refused === undefined,
    };
  });
}
