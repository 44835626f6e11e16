import type { Check, FindingList, Severity } from "@/api/aws-contract";
import { SEVERITIES, severityRank, worstOf } from "@/components/aws/words";
import { groupBy } from "@/lib/group";

export interface CheckGroup {
  /** Why none of them is known. */
  why: string | null;
  checks: { check: Check; worst: Severity | null }[];
}

/** What was found first, the worst of it before the rest; then what is not known, by the reason; what is clear last. */
export function checkGroups({ findings, checked }: FindingList): CheckGroup[] {
  const judged = checked.map((check) => ({
    check,
    worst: worstOf(findings.filter(({ id }) => id === check.id)),
  }));
  const rank = (worst: Severity | null) => (worst ? severityRank(worst) : SEVERITIES.length);
  const of = (state: Check["state"]) => judged.filter(({ check }) => check.state === state);
  const unknown = groupBy(of("unknown"), ({ check }) => check.why ?? "what it rests on was not seen");
  return [
    { why: null, checks: of("found").sort((one, other) => rank(one.worst) - rank(other.worst)) },
    ...unknown.map(([why, checks]) => ({ why, checks })),
    { why: null, checks: of("clear") },
  ].filter(({ checks }) => checks.length > 0);
}
