import type { Tone } from "@/api/contract";
import type { Block, Condition } from "./model";
import { recs, str, text, type Rec } from "./read";

/** Conditions whose True is the bad news. */
const BAD_WHEN_TRUE =
  /Pressure$|Failure|Failed|Failing|Degraded|Stalled|Unavailable|Unreachable|Invalid|Conflict|Error|Drifted|Expired|DisruptionTarget|NonStructuralSchema|Limited$|Deprecated|Terminating|Deletion/;
/** Conditions that tell of a phase, neither good nor bad. */
const PHASE =
  /^(Reconciling|Suspended|Progressing|Initialized|PodScheduled|Complete|SuccessCriteriaMet|FailureTarget|Consolidatable|Empty|Disrupting|Paused|Issuing)$/;

/** How a condition reads: True is good unless its name says otherwise; Unknown is never good. */
export function conditionTone(type: string, status: string, reason = ""): Tone {
  if (status === "Unknown") return "unknown";
  if (type === "Progressing") return status === "False" ? "danger" : "ok";
  if (type === "FileSystemResizePending" || type === "Resizing") return status === "True" ? "notice" : "ok";
  if (type === "ScalingLimited") return status === "True" ? "notice" : "ok";
  if (BAD_WHEN_TRUE.test(type))
    return status === "True" ? (type === "DisruptionTarget" ? "warning" : "danger") : "ok";
  if (status === "True")
    return type === "Reconciling" || type === "Suspended" || type === "Paused" ? "notice" : "ok";
  if (reason === "PodCompleted" || reason === "ScalingDisabled") return "neutral";
  if (PHASE.test(type)) return "neutral";
  return type === "Ready" || type === "Available" ? "danger" : "warning";
}

export function readConditions(status: Rec): Condition[] {
  return recs(status["conditions"]).map((each) => {
    const type = text(each["type"], "condition");
    const value = text(each["status"], "Unknown");
    const reason = str(each["reason"]);
    return {
      type,
      status: value,
      tone: conditionTone(type, value, reason),
      reason,
      message: str(each["message"]),
      since: str(each["lastTransitionTime"]) ?? str(each["lastUpdateTime"]),
    };
  });
}

export const findCondition = (status: Rec, type: string): Condition | undefined =>
  readConditions(status).find((condition) => condition.type === type);

/** The worst first; equal ones as the API server has them. */
export function conditionsBlock(items: Condition[], title = "Conditions"): Block[] {
  const weight: Record<Tone, number> = { danger: 0, warning: 1, unknown: 2, notice: 3, neutral: 4, ok: 5 };
  const lead = (each: Condition) => (each.type === "Ready" ? 0 : 1);
  const sorted = [...items].sort((a, b) => weight[a.tone] - weight[b.tone] || lead(a) - lead(b));
  return items.length > 0 ? [{ type: "conditions", title, items: sorted }] : [];
}
