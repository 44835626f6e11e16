// What an object's own state says about an action: which of two opposites is meant, and what would do nothing.
import type { KubernetesObject } from "@/api/contract";
import type { ActionId, ActionSpec } from "./catalogue";

/** Actions that undo each other: of an object whose state is known only one makes sense. */
const OPPOSITES: readonly { on: ActionId; off: ActionId; isOn: (object: KubernetesObject) => boolean }[] = [
  { on: "pause", off: "resume", isOn: ({ spec }) => spec?.["paused"] === true },
  { on: "suspend", off: "unsuspend", isOn: ({ spec }) => spec?.["suspend"] === true },
  { on: "cordon", off: "uncordon", isOn: ({ spec }) => spec?.["unschedulable"] === true },
];

/** Without the one that has been done already. */
export function meaningful(specs: ActionSpec[], object: KubernetesObject | undefined): ActionSpec[] {
  if (!object) return specs;
  const senseless = new Set(OPPOSITES.map(({ on, off, isOn }) => (isOn(object) ? on : off)));
  return specs.filter(({ id }) => !senseless.has(id));
}

/** Why the action would be refused or do nothing, whoever asks for it. */
export function stateReason(id: ActionId, object: KubernetesObject | undefined): string | null {
  if (!object) return null;
  if (id === "restart" && object.spec?.["paused"] === true)
    return "its rollout is paused: resume it first, or nothing would restart";
  if ((id === "suspend" || id === "unsuspend") && isFinished(object)) return "the job has ended";
  if (id === "evict" && ["Succeeded", "Failed"].includes(String(object.status?.["phase"])))
    return "the pod has ended: it can be deleted";
  return null;
}

function isFinished(object: KubernetesObject): boolean {
  const conditions = object.status?.["conditions"];
  if (object.kind !== "Job" || !Array.isArray(conditions)) return false;
  return (conditions as { type?: unknown; status?: unknown }[]).some(
    ({ type, status }) => (type === "Complete" || type === "Failed") && status === "True",
  );
}
