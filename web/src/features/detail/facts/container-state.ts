// A container's state in words.
import type { Tone } from "@/api/contract";
import type { Span } from "./model";
import { since } from "./spans";
import { count, dig, num, rec, recs, str, text, type Rec } from "./read";

/** Waiting reasons that mean failure rather than patience. */
export const FAILING_WAITS = new Set([
  "CrashLoopBackOff",
  "ImagePullBackOff",
  "ErrImagePull",
  "ErrImageNeverPull",
  "InvalidImageName",
  "ImageInspectError",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
  "CreatePodSandboxError",
]);

const SIGNALS: Record<number, string> = {
  126: "command not executable",
  127: "command not found",
  130: "interrupted",
  134: "aborted (SIGABRT)",
  137: "killed (SIGKILL)",
  139: "segmentation fault (SIGSEGV)",
  143: "terminated (SIGTERM)",
};

/** `137 (OOMKilled)`, `127 (command not found)`, `1`. */
export function exitText(terminated: Rec): string {
  const code = num(terminated["exitCode"]);
  const reason = str(terminated["reason"]);
  const why =
    reason && reason !== "Error" && reason !== "Completed"
      ? reason
      : code === undefined
        ? reason
        : SIGNALS[code];
  return why ? `${code ?? "?"} (${why})` : String(code ?? "?");
}

export interface ContainerState {
  tone: Tone;
  /** One word: `Running`, `CrashLoopBackOff`, `OOMKilled`, `Completed`. */
  word: string;
  value: Span[];
  message?: string | undefined;
}

/** What a container does now. */
export function containerState(status: Rec, init: boolean): ContainerState | null {
  const { waiting, terminated, running } = rec(status["state"]);
  if (waiting !== undefined) {
    const reason = text(dig(waiting, "reason"), "Waiting");
    const failing = FAILING_WAITS.has(reason);
    return {
      tone: failing ? "danger" : "warning",
      word: reason,
      value: [{ text: reason }],
      message: str(dig(waiting, "message")),
    };
  }
  if (terminated !== undefined) {
    const end = rec(terminated);
    const good = count(end["exitCode"]) === 0 && end["exitCode"] !== undefined;
    const word = good ? "Completed" : text(end["reason"], "Error");
    const value: Span[] = [
      { text: good ? "Completed" : `Exited ${exitText(end)}` },
      ...since(str(end["finishedAt"])),
      { text: "ago" },
    ];
    return { tone: good ? (init ? "ok" : "neutral") : "danger", word, value, message: str(end["message"]) };
  }
  if (running !== undefined) {
    const ready = status["ready"] !== false || (init && status["started"] === true);
    const value: Span[] = [
      { text: ready ? "Running for" : "Running, not ready, for" },
      ...since(str(dig(running, "startedAt"))),
    ];
    return { tone: ready ? "ok" : "warning", word: ready ? "Running" : "NotReady", value };
  }
  return null;
}

/** How it ended the time before. */
export function lastState(status: Rec): Span[] | undefined {
  const end = dig(status, "lastState", "terminated");
  if (end === undefined) return undefined;
  return [{ text: `exited ${exitText(rec(end))}` }, ...since(str(dig(end, "finishedAt"))), { text: "ago" }];
}

export interface PodContainer {
  role: "container" | "init" | "sidecar" | "ephemeral";
  spec: Rec;
  /** Empty when the kubelet has not reported it. */
  status: Rec;
}

const LISTS: [PodContainer["role"], string, string][] = [
  ["init", "initContainers", "initContainerStatuses"],
  ["container", "containers", "containerStatuses"],
  ["ephemeral", "ephemeralContainers", "ephemeralContainerStatuses"],
];

/** Every container of a pod or of a pod template, with what the kubelet says of it. */
export function podContainers(spec: Rec, status: Rec = {}): PodContainer[] {
  return LISTS.flatMap(([role, list, statuses]) =>
    recs(spec[list]).map((container) => ({
      role: role === "init" && container["restartPolicy"] === "Always" ? ("sidecar" as const) : role,
      spec: container,
      status: recs(status[statuses]).find((each) => each["name"] === container["name"]) ?? {},
    })),
  );
}
