// How actions are spoken of.
import type { Kind } from "@/api/contract";
import type { Permitted } from "@/api/can-i";
import { formatPermission } from "@/lib/permission";
import { formatCount } from "@/lib/quantity";
import { actionSpec, type ActionId } from "./catalogue";

/** `deployment api`, `3 deployments`. */
export function objectsWord(kind: Kind, names: readonly string[]): string {
  const [only] = names;
  return names.length === 1 && only
    ? `${kind.singular || kind.resource} ${only}`
    : `${formatCount(names.length)} ${kind.resource}`;
}

/** `Restart 3 deployments`, `Edit labels of deployment api`. */
export function dialogTitle(action: ActionId, objects: string): string {
  const { title } = actionSpec(action);
  if (action === "label" || action === "annotate" || title.endsWith(" rollout"))
    return `${title} of ${objects}`;
  return action === "trigger" ? `Run ${objects} now` : `${title} ${objects}`;
}

/** What the button says: `Restart 3 deployments`, `Delete pod`. */
export function buttonWords(action: ActionId, kind: Kind, count: number): string {
  const { title } = actionSpec(action);
  const what = count === 1 ? kind.singular || kind.resource : `${formatCount(count)} ${kind.resource}`;
  if (action === "label" || action === "annotate")
    return `Change ${action === "label" ? "labels" : "annotations"} of ${what}`;
  if (action === "pause" || action === "resume")
    return `${title.split(" ")[0] ?? title} ${count === 1 ? "rollout" : `${formatCount(count)} rollouts`}`;
  if (action === "trigger") return count === 1 ? "Run now" : `Run ${what} now`;
  return `${title} ${what}`;
}

/** `clusterrole periscope:write (tier write)`. */
function grantWord({ kind, name, namespace, tier }: Permitted["grantedBy"][number]): string {
  const what = kind.startsWith("clusterroles") ? "clusterrole" : "role";
  return `${what} ${name}${namespace ? ` in ${namespace}` : ""}${tier ? ` (tier ${tier})` : ""}`;
}

/** Why somebody may not, and who could let them: verb, resource, namespace, roles. */
export function refusalWords(answers: readonly Permitted[], cluster: string): string {
  const needs = answers.map(({ permission }) => formatPermission(permission));
  const grants = answers.flatMap(({ grantedBy }) => grantedBy);
  const roles = [...new Set(grants.map(grantWord))];
  // What the server says beyond that, such as that nobody could tell.
  const reasons = [...new Set(answers.flatMap(({ reason }) => reason ?? []))].filter(
    (reason) => !/^you may not /i.test(reason),
  );
  return [
    `You may not ${needs.join(", ")} on ${cluster}.`,
    ...reasons,
    roles.length > 0
      ? `Granted by ${roles.slice(0, 5).join(", ")}.`
      : answers.every(({ rbacReadable }) => rbacReadable)
        ? "No role of this cluster grants it."
        : "Which role would grant it is not known: roles may not be read by you.",
  ].join("\n");
}
