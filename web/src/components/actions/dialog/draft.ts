// What somebody chose in the dialog of an action, and the action that it makes.
import type { Action, Propagation } from "@/api/actions-contract";
import type { KubernetesObject } from "@/api/contract";
import type { ActionId } from "../catalogue";
import { pairChange, pairProblems, sizeProblem, type PairRow } from "./pairs";

export interface Draft {
  replicas: string;
  revision: number | null;
  propagation: Propagation;
  /** Seconds; empty: what each pod says itself. */
  grace: string;
  timeout: string;
  deleteEmptyDirData: boolean;
  force: boolean;
  name: string;
  /** Null: not read yet. */
  pairs: PairRow[] | null;
}

export const EMPTY_DRAFT: Draft = {
  replicas: "",
  revision: null,
  propagation: "background",
  grace: "",
  timeout: "",
  deleteEmptyDirData: false,
  force: false,
  name: "",
  pairs: null,
};

export type DraftProblems = Partial<
  Record<"replicas" | "revision" | "grace" | "timeout" | "name" | "pairs", string>
>;

export interface Made {
  /** Null while something is missing or wrong. */
  action: Action | null;
  /** What is wrong with what was typed, to be shown at the field. */
  problems: DraftProblems;
  /** What is still missing, for the button. */
  missing: string | null;
}

const MOST_REPLICAS = 2_147_483_647;
/** The server's own bounds. */
const LONGEST_GRACE_S = 7 * 86_400;
const LONGEST_DRAIN_S = 6 * 3_600;
const MOST_KEYS = 64;
const JOB_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

function whole(text: string, most: number, least = 0): number | null {
  if (!/^\d+$/.test(text.trim())) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}

interface Seconds {
  problem: string | undefined;
  value: number | undefined;
}

function seconds(text: string, most: number, least = 0): Seconds {
  if (text.trim() === "") return { problem: undefined, value: undefined };
  const value = whole(text, most, least);
  return value === null
    ? { problem: `whole seconds, ${least} to ${most}`, value: undefined }
    : { problem: undefined, value };
}

const invalid = (problems: DraftProblems): Made => ({
  action: null,
  problems,
  missing: Object.values(problems)[0] ?? null,
});
const missing = (what: string): Made => ({ action: null, problems: {}, missing: what });
const made = (action: Action): Made => ({ action, problems: {}, missing: null });

function withGrace(draft: Draft, make: (grace: { gracePeriodSeconds?: number }) => Action): Made {
  const { problem, value } = seconds(draft.grace, LONGEST_GRACE_S);
  if (problem) return invalid({ grace: problem });
  return made(make(value === undefined ? {} : { gracePeriodSeconds: value }));
}

function drain(draft: Draft): Made {
  // Nothing would be for ever with kubectl, and for nothing with the server.
  const timeout = seconds(draft.timeout, LONGEST_DRAIN_S, 1);
  if (timeout.problem) return invalid({ timeout: timeout.problem });
  const { deleteEmptyDirData, force } = draft;
  return withGrace(draft, (grace) => ({
    type: "drain",
    ...grace,
    ...(timeout.value === undefined ? {} : { timeoutSeconds: timeout.value }),
    deleteEmptyDirData,
    force,
  }));
}

function pairs(type: "label" | "annotate", rows: PairRow[] | null): Made {
  if (rows === null) return missing("what the object has is still being read");
  if (pairProblems(rows, type).size > 0) return missing("a key or value is not valid");
  const large = sizeProblem(rows, type);
  if (large) return invalid({ pairs: large });
  const change = pairChange(rows);
  const count = Object.keys(change.set).length + change.remove.length;
  if (count === 0) return missing("nothing is changed");
  if (count > MOST_KEYS) return missing(`at most ${MOST_KEYS} keys at a time; ${count} are changed`);
  return made({ type, ...change });
}

/** `read`: the only object, as it is now. */
export function makeAction(id: ActionId, draft: Draft, read?: KubernetesObject): Made {
  switch (id) {
    case "scale": {
      if (draft.replicas.trim() === "") return missing("say how many replicas there should be");
      const replicas = whole(draft.replicas, MOST_REPLICAS);
      if (replicas !== null && replicas === read?.spec?.["replicas"])
        return missing(`there are to be ${replicas} already`);
      return replicas === null
        ? invalid({ replicas: "a whole number, 0 or more" })
        : made({ type: "scale", replicas });
    }
    case "rollback":
      return draft.revision === null
        ? missing("choose a revision")
        : made({ type: "rollback", revision: draft.revision });
    case "delete":
      return withGrace(draft, (grace) => ({ type: "delete", propagation: draft.propagation, ...grace }));
    case "evict":
      return withGrace(draft, (grace) => ({ type: "evict", ...grace }));
    case "drain":
      return drain(draft);
    case "trigger": {
      const name = draft.name.trim();
      if (name === "") return made({ type: "trigger" });
      return name.length <= 63 && JOB_NAME.test(name)
        ? made({ type: "trigger", name })
        : invalid({ name: "small letters, digits and -, 63 characters at most" });
    }
    case "label":
    case "annotate":
      return pairs(id, draft.pairs);
    default:
      return made({ type: id });
  }
}

/** Kinds of Kubernetes' own that never own another object. */
const OWNS_NOTHING =
  /^(pods|configmaps|secrets|serviceaccounts|persistentvolumeclaims|persistentvolumes|events|limitranges|resourcequotas|leases\..*|.*\.rbac\.authorization\.k8s\.io|.*\.storage\.k8s\.io|.*\.networking\.k8s\.io|.*\.policy|.*\.autoscaling)$/;

export const ownsObjects = (kind: string): boolean => !OWNS_NOTHING.test(kind);

/** What the action means, in one or two sentences, before the API server says what it means for these objects. */
export function consequence(id: ActionId, draft: Draft, kind: string, count: number): string {
  const [its, they] = count === 1 ? ["Its", "it owns"] : ["Their", "they own"];
  switch (id) {
    case "restart":
      return `${its} pods are replaced step by step, as the update strategy says.`;
    case "scale":
      return draft.replicas.trim() === "0"
        ? "Every pod is ended, and none is started again."
        : "Pods are started or ended until there are as many.";
    case "rollback":
      return "The pod template becomes that of the chosen revision again, and rolls out as a new one.";
    case "pause":
      return "Changes of the pod template wait until the rollout is resumed. Pods that run stay.";
    case "resume":
      return "What was changed while it was paused rolls out now.";
    case "cordon":
      return "No new pods are scheduled there. Pods that run stay.";
    case "uncordon":
      return "Pods may be scheduled there again.";
    case "drain":
      return "No new pods are scheduled there, and those that run are evicted as their disruption budgets allow.";
    case "evict":
      return "Asked to end as disruption budgets allow. What owns it starts another one.";
    case "delete":
      if (kind === "pods") return "Asked to end, and deleted then. What owns it starts another one.";
      if (!ownsObjects(kind)) return "Deleted for good: there is no way back.";
      return {
        background: `Deleted for good; what ${they} is deleted after that.`,
        foreground: `Deleted for good; what ${they} is deleted first.`,
        orphan: `Deleted for good; what ${they} stays, without an owner.`,
      }[draft.propagation];
    case "suspend":
      return "Nothing new is started until it is resumed.";
    case "unsuspend":
      return "It goes on as its schedule or its template says.";
    case "trigger":
      return "A job is started from the template now, beside the schedule.";
    case "label":
      return "Services, policies and controllers that select by label may see the object differently.";
    case "annotate":
      return "Controllers that read annotations may act on them.";
  }
}
