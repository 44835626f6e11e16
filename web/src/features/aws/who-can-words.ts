import type { WhoCan, WhoCanRow } from "@/api/aws-contract";
import { apart, isPattern } from "@/lib/aws-actions";
import type { WorkloadRef } from "@/lib/aws-place";
import { formatCount, plural } from "@/lib/quantity";
import type { ToneName } from "@/ui/tone-mark";

export interface WhoCanVerdict {
  tone: ToneName;
  title: string;
  detail: string;
}

const SIGN: Record<string, string> = { atLeast: "at least ", atMost: "at most " };

/** `12 workloads in 2 of 3 clusters can s3:DeleteObject on …; 3 only if …`. */
export function whoCanVerdict(answer: WhoCan, rows: readonly WhoCanRow[]): WhoCanVerdict {
  const { action, resource, total, perCluster, actionsMatched } = answer;
  const actions = apart(action);
  const all = actions.length > 1 ? `${actions.join(" and ")} together` : action;
  const what = `${all}${resource && resource !== "*" ? ` on ${resource}` : ""}`;
  const sure = rows.filter(({ verdict }) => verdict.decision === "allowed").length;
  const conditional = rows.filter(({ verdict }) => verdict.decision === "conditional").length;
  const whole = rows.length >= total.count;
  const clusters = perCluster.filter(({ count }) => count > 0).length;
  const asked = perCluster.filter(isAsked);
  const where =
    asked.length === 1
      ? `of ${asked[0]?.cluster ?? ""}`
      : `in ${formatCount(clusters)} of ${plural(asked.length, "cluster")}`;
  const matched =
    actionsMatched > actions.length ? `The pattern stands for ${formatCount(actionsMatched)} actions.` : "";
  const unseen =
    total.certainty === "unknown" || asked.length === 0 || asked.some(({ gaps }) => gaps.length > 0);
  if (total.count === 0) {
    return unseen
      ? {
          tone: "unknown",
          title: `No workload that was seen can ${what}`,
          detail: "Not everything was seen; see below.",
        }
      : { tone: "ok", title: `No workload ${where} can ${what}`, detail: matched };
  }
  const only = whole && sure === 0 ? " only under conditions" : "";
  const some =
    conditional > 0 && sure > 0
      ? `${whole ? formatCount(conditional) : `${formatCount(conditional)} of the first ${formatCount(rows.length)}`} only under conditions.`
      : "";
  return {
    // That somebody can do something is no warning by itself.
    tone: rows.some(({ sensitive }) => sensitive.length > 0) ? (sure > 0 ? "warning" : "notice") : "neutral",
    title:
      `${SIGN[total.certainty] ?? ""}${plural(total.count, "workload")} ${where} can ${what}${only}`.replace(
        /^./,
        (letter) => letter.toUpperCase(),
      ),
    detail: [some, matched].filter(Boolean).join(" "),
  };
}

/** A cluster of which AWS is not asked adds nothing, and hides nothing. */
export const isAsked = ({ gaps }: WhoCan["perCluster"][number]): boolean =>
  !gaps.some(({ code }) => code === "NOT_EKS");

/** Whether a row is about that workload. */
export const isOf = ({ workload }: WhoCanRow, wanted: WorkloadRef | null): boolean =>
  workload.cluster === wanted?.cluster &&
  workload.kind === wanted.kind &&
  workload.namespace === wanted.namespace &&
  workload.name === wanted.name;

const isOne = (action: string): boolean => !isPattern(action);

/** The single actions of a question: what was asked word for word, or what a pattern found; and how many are not named. */
export function explainable(asked: string, row: WhoCanRow | undefined): { actions: string[]; more: number } {
  const actions = apart(asked);
  if (actions.every(isOne)) return { actions, more: 0 };
  return row
    ? { actions: row.matched, more: row.matchedTotal - row.matched.length }
    : { actions: actions.filter(isOne), more: 0 };
}

export const rowKey = ({ workload: { cluster, kind, namespace, name }, roleArn }: WhoCanRow): string =>
  [cluster, kind, namespace, name, roleArn].join(" ");
