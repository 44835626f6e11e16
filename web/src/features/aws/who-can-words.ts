import type { WhoCan, WhoCanRow } from "@/api/aws-contract";
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
  const what = `${action}${resource && resource !== "*" ? ` on ${resource}` : ""}`;
  const sure = rows.filter(({ verdict }) => verdict.decision === "allowed").length;
  const conditional = rows.filter(({ verdict }) => verdict.decision === "conditional").length;
  const all = rows.length >= total.count;
  const clusters = perCluster.filter(({ count }) => count > 0).length;
  const where =
    perCluster.length === 1
      ? `of ${perCluster[0]?.cluster ?? ""}`
      : `in ${clusters} of ${plural(perCluster.length, "cluster")}`;
  const matched = actionsMatched > 1 ? `The pattern stands for ${formatCount(actionsMatched)} actions.` : "";
  const unseen = total.certainty === "unknown" || perCluster.some(({ gaps }) => gaps.length > 0);
  if (total.count === 0) {
    return unseen
      ? {
          tone: "unknown",
          title: `No workload that was seen can ${what}`,
          detail: "Not everything was seen; see below.",
        }
      : { tone: "ok", title: `No workload ${where} can ${what}`, detail: matched };
  }
  const only = all && sure === 0 ? " only under conditions" : "";
  const some =
    conditional > 0 && sure > 0
      ? `${all ? formatCount(conditional) : `${formatCount(conditional)} of the first ${formatCount(rows.length)}`} only under conditions.`
      : "";
  return {
    tone: sure > 0 ? "warning" : "notice",
    title:
      `${SIGN[total.certainty] ?? ""}${plural(total.count, "workload")} ${where} can ${what}${only}`.replace(
        /^./,
        (letter) => letter.toUpperCase(),
      ),
    detail: [some, matched].filter(Boolean).join(" "),
  };
}

export const rowKey = ({ workload: { cluster, kind, namespace, name }, roleArn }: WhoCanRow): string =>
  [cluster, kind, namespace, name, roleArn].join(" ");
