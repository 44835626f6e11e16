// One act of the record in words: how it ended, what it was done to, how long it took.
import type { AuditActor, AuditRow, AuditTarget, ObjectRef, Outcome } from "@/api/contract";
import type { ToneName } from "@/ui/tone-mark";

export type ActState = Outcome | "open";

/** How an act ended; `open` while its outcome has not been written. */
export const actState = (row: AuditRow): ActState =>
  row.outcome ?? row.result?.outcome ?? (row.phase === "intent" ? "open" : "unknown");

export const ACT_TONE: Record<ActState, ToneName> = {
  success: "ok",
  failure: "danger",
  denied: "warning",
  unknown: "unknown",
  open: "notice",
};

/** What each state means, for whoever rests on it. */
export const ACT_ABOUT: Record<ActState, string> = {
  success: "it was done",
  failure: "it was tried and did not work",
  denied: "it was refused",
  unknown: "it was begun, and how it ended was never heard",
  open: "it was begun, and its end is not written yet",
};

/** `deployments.apps`, as kubectl and the filter name it. */
export function targetKind({ resource, group }: AuditTarget): string | null {
  if (!resource) return null;
  return group ? `${resource}.${group}` : resource;
}

/** The object an act was about, where it names one. */
export function targetObject(target: AuditTarget | null | undefined): ObjectRef | null {
  const kind = target && targetKind(target);
  const { cluster, namespace, name } = target ?? {};
  return kind && cluster && name ? { cluster, kind, name, ...(namespace ? { namespace } : {}) } : null;
}

/** Who it was, by the name that says most. */
export const actorName = ({ user, email, subject }: AuditActor): string => user ?? email ?? subject;

/** Why it ended so, from whichever row says it. */
export const actReason = (row: AuditRow): string => row.result?.reason ?? row.reason ?? "";

/** Milliseconds between intent and outcome; null where there is no pair. */
export function tookMs(start: string, end: string | null | undefined): number | null {
  const span = end ? Date.parse(end) - Date.parse(start) : NaN;
  return Number.isFinite(span) && span >= 0 ? span : null;
}

/** `84 ms`, `1.2 s`, `3 min 5 s`. */
export function formatTook(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(Math.round(ms / 100) / 10).toString()} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function plain(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.join(", ");
  return JSON.stringify(value) ?? "";
}

const isChange = (value: object): value is { from: unknown; to: unknown } =>
  "from" in value && "to" in value && Object.keys(value).length === 2;

/** The structured rest of a row, one line for each value; objects are opened one level, changes read as such. */
export function extraEntries(extra: AuditRow["extra"]): [string, string][] {
  return Object.entries(extra).flatMap(([key, value]): [string, string][] => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [[key, plain(value)]];
    if (isChange(value)) return [[key, `${plain(value.from)} → ${plain(value.to)}`]];
    return Object.entries(value).map(([inner, each]) => [`${key}.${inner}`, plain(each)]);
  });
}

/** The same in one line. */
export const extraWords = (extra: AuditRow["extra"]): string =>
  extraEntries(extra)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key} ${value}`)
    .join(" · ");

/** `scale deployments.apps api`, for a title. */
export function actTitle({ verb, target }: AuditRow): string {
  const kind = target && targetKind(target);
  return [verb, kind, target?.name, !kind && target?.cluster].filter(Boolean).join(" ");
}
