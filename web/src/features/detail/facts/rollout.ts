// How far a workload's rollout is, and whether it is stuck.
import type { Subject, Value, Verdict } from "./model";
import { findCondition } from "./conditions";
import { count, dig, num, str, text } from "./read";
import { since } from "./spans";

export interface Progress {
  desired: number;
  updated: number;
  ready: number;
  available: number;
}

export function deploymentProgress({ spec, status }: Subject): Progress {
  return {
    desired: num(spec["replicas"]) ?? 1,
    updated: count(status["updatedReplicas"]),
    ready: count(status["readyReplicas"]),
    available: count(status["availableReplicas"]),
  };
}

export function statefulSetProgress(subject: Subject): Progress {
  const { status } = subject;
  // Once current and update revision agree the controller may leave updatedReplicas out.
  const settled =
    str(status["currentRevision"]) !== undefined && status["currentRevision"] === status["updateRevision"];
  const updated = num(status["updatedReplicas"]) ?? (settled ? count(status["currentReplicas"]) : 0);
  return { ...deploymentProgress(subject), updated };
}

export function daemonSetProgress({ status }: Subject): Progress {
  return {
    desired: count(status["desiredNumberScheduled"]),
    updated: count(status["updatedNumberScheduled"]),
    ready: count(status["numberReady"]),
    available: count(status["numberAvailable"]),
  };
}

export function replicaSetProgress({ spec, status }: Subject): Progress {
  const replicas = count(status["replicas"]);
  return {
    desired: num(spec["replicas"]) ?? 1,
    updated: replicas,
    ready: count(status["readyReplicas"]),
    available: count(status["availableReplicas"]),
  };
}

/** A generation that the controller has not looked at makes every figure below it old. */
const unobserved = (subject: Subject): boolean => {
  const generation = num(dig(subject.object.metadata, "generation"));
  const observed = num(subject.status["observedGeneration"]);
  return generation !== undefined && observed !== undefined && observed < generation;
};

/** Pods may take this many seconds to become ready before a missing one is a warning; as the server's list judges. */
const SETTLING = 120;

export function rolloutVerdict(subject: Subject, progress: Progress): Verdict {
  const { desired, updated, ready, available } = progress;
  const progressing = findCondition(subject.status, "Progressing");
  const failure = findCondition(subject.status, "ReplicaFailure");
  const figures = `${ready} of ${desired} ready · ${updated} updated · ${available} available`;
  const why: Value[] = failure?.status === "True" && failure.message ? [failure.message] : [];
  if (progressing?.reason === "ProgressDeadlineExceeded") {
    return {
      tone: "danger",
      status: "Stuck",
      title: ["Rollout stuck, no progress since its deadline", ...since(progressing.since), "ago"],
      detail: [figures, ...why, ...(progressing.message ? [progressing.message] : [])],
    };
  }
  if (failure?.status === "True")
    return {
      tone: "danger",
      status: "ReplicaFailure",
      title: ["Cannot make pods", ...since(failure.since, "for")],
      detail: [failure.message ?? failure.reason ?? "", figures],
    };
  if (desired === 0) return { tone: "neutral", status: "Scaled to 0", title: "Scaled to zero", detail: [] };
  if (subject.spec["paused"] === true && (updated < desired || unobserved(subject)))
    return { tone: "notice", status: "Paused", title: "Rollout paused", detail: [figures] };
  if (unobserved(subject))
    return {
      tone: "notice",
      status: "Progressing",
      title: "Changed, not yet looked at by its controller",
      detail: [figures],
    };
  if (heldBack(subject, progress))
    return {
      tone: "notice",
      status: "Available",
      title: heldBack(subject, progress) ?? "",
      detail: [figures],
    };
  if (updated < desired)
    return {
      tone: "notice",
      status: "Progressing",
      title: `Rolling out: ${updated} of ${desired} updated`,
      detail: [figures],
    };
  if (ready < desired) {
    const down = findCondition(subject.status, "Available");
    const from = down?.since ?? subject.object.metadata?.creationTimestamp;
    const settling = from !== undefined && subject.nowSeconds - Date.parse(from) / 1000 < SETTLING;
    const none = ready === 0;
    return {
      tone: none ? (settling ? "warning" : "danger") : settling ? "notice" : "warning",
      status: none ? "Unavailable" : "Degraded",
      title: [
        `${desired - ready} of ${desired} pods not ready`,
        ...(down?.status === "False" ? since(down.since, "for") : []),
      ],
      detail: [figures],
    };
  }
  return {
    tone: "ok",
    status: "Available",
    title: desired === 1 ? "1 pod, ready and up to date" : `All ${desired} pods ready and up to date`,
    detail: [],
  };
}

/** A strategy that waits for a human on purpose is not stuck. */
function heldBack({ spec }: Subject, { updated, desired }: Progress): string | null {
  if (updated >= desired) return null;
  const type = text(dig(spec, "updateStrategy", "type"));
  if (type === "OnDelete")
    return `${desired - updated} of ${desired} pods have the old template until they are deleted (OnDelete)`;
  const partition = count(dig(spec, "updateStrategy", "rollingUpdate", "partition"));
  return partition > 0 && updated >= desired - partition
    ? `Partition ${partition}: pods below it keep the old template`
    : null;
}

/** A replica set has no rollout: it only makes pods, and its deployment keeps old ones at zero. */
export function replicaSetVerdict(subject: Subject, progress: Progress): Verdict {
  const { desired, updated, ready } = progress;
  const failure = findCondition(subject.status, "ReplicaFailure");
  const old = (subject.object.metadata?.ownerReferences ?? []).length > 0;
  if (desired === 0 && failure?.status !== "True") {
    const title = old ? "Scaled to zero: kept to roll back to" : "Scaled to zero";
    return { tone: "neutral", status: "Inactive", title, detail: [] };
  }
  if (updated < desired && failure?.status !== "True") {
    const title = `${updated} of ${desired} pods made`;
    return { tone: "notice", status: ready === 0 ? "Unavailable" : "Degraded", title, detail: [] };
  }
  return rolloutVerdict(subject, progress);
}
