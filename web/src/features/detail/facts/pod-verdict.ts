// The one sentence about a pod: what is the matter, since when, and why.
import { formatBytes } from "@/lib/quantity";
import type { Span, Subject, Value, Verdict } from "./model";
import { amount } from "./amounts";
import { findCondition } from "./conditions";
import { containerState, exitText, podContainers, type PodContainer } from "./container-state";
import { parseUnschedulable } from "./scheduling";
import { since, mono, muted } from "./spans";
import { count, dig, num, rec, str, text } from "./read";

/** What the runtime says after all the wrapping: the last clause that is not a repetition of the image. */
export function pullReason(message: string, image: string): string {
  const clean = message.replaceAll(`"${image}"`, "the image").replaceAll(image, "the image");
  if (/not found|manifest unknown|does not exist/i.test(clean))
    return "the registry has no such image or tag";
  if (/unauthorized|denied|authentication required|no basic auth|403|401/i.test(clean))
    return "the registry refuses access: pull secret or node role";
  if (/no such host|timeout|i\/o|connection refused|deadline/i.test(clean))
    return "the registry cannot be reached from the node";
  if (/toomanyrequests|rate limit|429/i.test(clean)) return "the registry limits the rate of pulls";
  if (/no match for platform|architecture/i.test(clean))
    return "the image has no build for the node's architecture";
  return clean;
}

const times = (n: number): string => (n === 1 ? "once" : `${n} times`);

function memoryLimit(container: PodContainer): string {
  const limit = amount("memory", dig(container.spec, "resources", "limits", "memory"));
  return limit === undefined
    ? "no memory limit of its own: the node ran out"
    : `memory limit ${formatBytes(limit)}`;
}

function crashDetail(container: PodContainer): Value[] {
  const name = text(container.spec["name"]);
  const end = rec(dig(container.status, "lastState", "terminated"));
  const restarts = count(container.status["restartCount"]);
  const killed = end["reason"] === "OOMKilled";
  const what: (string | Span)[] = [mono(name)];
  if (Object.keys(end).length === 0) return [[...what, `restarted ${times(restarts)}`]];
  const lines: Value[] = [
    [
      ...what,
      `exited with ${exitText(end)}, restarted ${times(restarts)}, last`,
      ...since(str(end["finishedAt"])),
      "ago",
    ],
  ];
  if (killed) lines.push(memoryLimit(container));
  if (str(end["message"])) lines.push(muted(text(end["message"]).trim().split("\n").slice(-3).join("\n")));
  return lines;
}

/**
 * Since when a container is restarted again and again. Its state does not say: readiness starts anew with every
 * attempt. The first of the events that tell of the back-off does, as far as they are kept.
 */
function loopingSince({ events = [] }: Subject): string | undefined {
  const told = events.filter((each) => each.reason === "BackOff" && each.message.includes("restarting"));
  const times = told.flatMap((each) => each.firstSeen ?? each.lastSeen ?? []);
  return times.sort()[0];
}

function waitingVerdict(subject: Subject, container: PodContainer, reason: string): Verdict {
  const name = text(container.spec["name"]);
  const image = text(container.spec["image"]);
  const message = text(dig(container.status, "state", "waiting", "message"));
  const ready = findCondition(subject.status, "Ready");
  const age = since(ready?.status === "True" ? undefined : ready?.since, "for");
  const base = { tone: "danger" as const, status: reason };
  if (reason === "CrashLoopBackOff")
    return {
      ...base,
      title: ["Crash looping", ...since(loopingSince(subject), "for")],
      detail: crashDetail(container),
    };
  if (/ImagePull|InvalidImageName|ImageNeverPull/.test(reason)) {
    // The whole message stands with the container, below.
    const why = reason === "InvalidImageName" ? "the image name is not valid" : pullReason(message, image);
    return {
      ...base,
      title: ["Cannot pull the image", ...age],
      detail: [[mono(name), "needs", mono(image)], why],
    };
  }
  const title = /Config/.test(reason)
    ? "Cannot make the container: its configuration is incomplete"
    : "Cannot start the container";
  return { ...base, title: [title, ...age], detail: [[mono(name), message || reason]] };
}

function unschedulable(subject: Subject, message: string, at: string | undefined): Verdict {
  const { nodes, reasons } = parseUnschedulable(message);
  const first = reasons[0];
  const why = first ? `${first.reason} on ${first.count} of ${nodes?.split("/")[1] ?? "?"} nodes` : message;
  return {
    tone: isLong(subject) ? "danger" : "warning",
    status: "Pending",
    title: ["No node takes this pod", ...since(at, "for")],
    detail: [
      reasons.length > 1
        ? `${why}, ${reasons.length - 1} more ${reasons.length === 2 ? "reason" : "reasons"} below`
        : why,
    ],
  };
}

// How patient to be: the same times as the server's judgement of the list (`store`), so that both say the same.
/** Seconds that kubelet and finalizers get beyond the grace period. */
const STUCK_AFTER = 60;
/** Pulling an image or waiting for a node may take this long. */
const PENDING_IS_LONG = 300;
/** A restart this recent explains what is seen now. An OOM kill of last week does not. */
const RECENT_RESTART = 600;
/** A container may take this long to become ready. */
const STARTING = 120;

const elapsed = ({ nowSeconds }: Subject, at: string | undefined): number =>
  at === undefined ? 0 : nowSeconds - Date.parse(at) / 1000;

const isLong = (subject: Subject): boolean =>
  elapsed(subject, subject.object.metadata?.creationTimestamp) >= PENDING_IS_LONG;

function terminating(subject: Subject, deleted: string): Verdict {
  const grace =
    num(dig(subject.object.metadata, "deletionGracePeriodSeconds")) ??
    num(subject.spec["terminationGracePeriodSeconds"]) ??
    30;
  // deletionTimestamp is the moment after which the pod should be gone: the grace period is in it already.
  const over = elapsed(subject, deleted);
  const finalizers = subject.object.metadata?.finalizers ?? [];
  if (over > STUCK_AFTER) {
    const held =
      finalizers.length > 0
        ? `held by ${finalizers.join(", ")}`
        : "the kubelet of its node has not confirmed the end";
    return {
      tone: "danger",
      status: "Terminating",
      title: ["Stuck terminating, overdue", ...since(deleted, "by")],
      detail: [held],
    };
  }
  return {
    tone: "notice",
    status: "Terminating",
    title: "Terminating",
    detail: [`${grace} s to end by itself`],
  };
}

function ended(subject: Subject, phase: string): Verdict {
  const reason = text(subject.status["reason"], phase === "Failed" ? "Failed" : "Completed");
  const message = text(subject.status["message"]);
  if (phase === "Succeeded")
    return { tone: "ok", status: "Completed", title: "Completed", detail: message ? [message] : [] };
  const failed = podContainers(subject.spec, subject.status).find(
    (each) => count(dig(each.status, "state", "terminated", "exitCode")) !== 0,
  );
  const end = rec(dig(failed?.status, "state", "terminated"));
  const detail: Value[] = failed
    ? [
        [
          mono(text(failed.spec["name"])),
          `exited with ${exitText(end)}`,
          ...since(str(end["finishedAt"])),
          "ago",
        ],
      ]
    : [];
  if (failed && end["reason"] === "OOMKilled") detail.push(memoryLimit(failed));
  return {
    tone: reason === "Evicted" ? "warning" : "danger",
    status: reason,
    title: reason === "Evicted" ? "Evicted by its node" : `Failed${reason === "Failed" ? "" : `: ${reason}`}`,
    detail: [...(message ? [message] : []), ...detail],
  };
}

/** Why containers that run do not make the pod ready. */
function unreadyReason(unready: PodContainer[], message: string): string {
  if (unready.length === 0) {
    const said = /unready status: \[\]$/.test(message) ? "" : message;
    return said || "every container says it is ready: its node does not, or a readiness gate is not met";
  }
  const names = unready.map((each) => text(each.spec["name"])).join(", ");
  const has = (probe: string) => unready.some((each) => each.spec[probe] !== undefined);
  if (has("startupProbe") && unready.some((each) => each.status["started"] === false))
    return `${names} runs but its startup probe has not passed yet`;
  return has("readinessProbe")
    ? `${names} runs but its readiness probe does not pass`
    : `${names} runs but is not reported ready`;
}

function runningVerdict(subject: Subject, containers: PodContainer[]): Verdict {
  const ready = findCondition(subject.status, "Ready");
  const waiting = containers.find((each) => dig(each.status, "state", "waiting") !== undefined);
  const unready = containers.filter((each) => each.role !== "init" && each.status["ready"] === false);
  if (!str(subject.spec["nodeName"]))
    return {
      tone: isLong(subject) ? "warning" : "notice",
      status: "Pending",
      title: "Waits for the scheduler",
      detail: [],
    };
  if (waiting && ready?.status !== "True") {
    const init = waiting.role === "init";
    const word = text(dig(waiting.status, "state", "waiting", "reason"), "Waiting");
    return {
      tone: isLong(subject) ? "warning" : "notice",
      status: word,
      title: ["Starting", ...since(ready?.since, "for")],
      detail: [
        [mono(text(waiting.spec["name"])), init ? "is an init container, not done yet" : `is ${word}`],
      ],
    };
  }
  if (ready && ready.status !== "True") {
    return {
      tone:
        ready.status === "Unknown"
          ? "unknown"
          : elapsed(subject, ready.since) >= STARTING
            ? "warning"
            : "notice",
      status: ready.status === "Unknown" ? "Unknown" : text(subject.status["phase"], "Running"),
      title: ["Running, not ready", ...since(ready.since, "for")],
      detail: [
        ready.status === "Unknown"
          ? (ready.message ?? "its node does not report")
          : unreadyReason(unready, ready.message ?? ""),
      ],
    };
  }
  const shaken = containers.find((each) => {
    const ended = str(dig(each.status, "lastState", "terminated", "finishedAt"));
    return (
      count(each.status["restartCount"]) > 0 &&
      ended !== undefined &&
      elapsed(subject, ended) < RECENT_RESTART
    );
  });
  if (shaken)
    return {
      tone: "warning",
      status: "Running",
      title: ["Running again", ...since(ready?.since, "for")],
      detail: crashDetail(shaken),
    };
  return {
    tone: "ok",
    status: text(subject.status["phase"], "Unknown"),
    title: ["Running", ...since(ready?.since, "and ready for")],
    detail: [],
  };
}

export function podVerdict(subject: Subject): Verdict {
  const phase = text(subject.status["phase"], "Unknown");
  const deleted = subject.object.metadata?.deletionTimestamp;
  if (deleted) return terminating(subject, deleted);
  if (phase === "Failed" || phase === "Succeeded") return ended(subject, phase);
  const containers = podContainers(subject.spec, subject.status);
  for (const each of containers) {
    const state = containerState(each.status, each.role === "init");
    if (state?.tone !== "danger") continue;
    if (dig(each.status, "state", "waiting") !== undefined) return waitingVerdict(subject, each, state.word);
    if (each.role !== "ephemeral") {
      const end = rec(dig(each.status, "state", "terminated"));
      const detail: Value[] = [
        [
          mono(text(each.spec["name"])),
          `exited with ${exitText(end)}, restarted ${times(count(each.status["restartCount"]))}`,
        ],
      ];
      if (end["reason"] === "OOMKilled") detail.push(memoryLimit(each));
      return {
        tone: "danger",
        status: state.word,
        title: [
          end["reason"] === "OOMKilled" ? "Killed: out of memory" : "A container failed",
          ...since(str(end["finishedAt"])),
          "ago",
        ],
        detail,
      };
    }
  }
  const scheduled = findCondition(subject.status, "PodScheduled");
  if (scheduled?.status === "False") {
    if (scheduled.reason === "SchedulingGated")
      return {
        tone: "notice",
        status: "SchedulingGated",
        title: "Held back by a scheduling gate",
        detail: [scheduled.message ?? ""],
      };
    return unschedulable(
      subject,
      scheduled.message ?? scheduled.reason ?? "no reason given",
      scheduled.since,
    );
  }
  return runningVerdict(subject, containers);
}
