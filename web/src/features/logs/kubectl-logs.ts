import type { ObjectRef } from "@/api/contract";
import { kubectl, type KubectlTarget } from "@/lib/kubectl";
import type { Asked } from "./log-store";

const TAIL = "500";
/** Logs that the server follows at a time; kubectl refuses more than five unless it is told. */
const MOST_FOLLOWED = 50;

/** A line that reads the same with kubectl; null where kubectl cannot. */
export function logsKubectl(target: KubectlTarget, object: ObjectRef, asked: Asked): string | null {
  const { kind, namespace, name } = object;
  if (kind === "cronjobs.batch") return null;
  const [container] = asked.containers;
  const words = ["logs", kind === "pods" ? name : `${kind}/${name}`];
  if (namespace) words.push("--namespace", namespace);
  const one = asked.containers.length === 1 && container;
  if (one) words.push("--container", container);
  else words.push("--all-containers");
  if (kind !== "pods") words.push("--all-pods", "--prefix");
  words.push("--timestamps");
  if (asked.previous) words.push("--previous");
  else words.push("--follow", ...(one && kind === "pods" ? [] : [`--max-log-requests=${MOST_FOLLOWED}`]));
  if (asked.sinceSeconds === null) words.push("--tail", TAIL);
  else words.push(`--since=${asked.sinceSeconds}s`);
  return kubectl(target, words);
}
