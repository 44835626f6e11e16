import type { Decision, Verdict } from "@/api/aws-contract";
import { ClusterText } from "@/components/cluster-text";
import { verdictWords } from "./words";

const STROKE: Record<Decision, string> = {
  allowed: "stroke-ok",
  conditional: "stroke-warning",
  denied: "stroke-text-3",
  unknown: "stroke-text-3",
};

export const DECISION_TEXT: Record<Decision, string> = {
  allowed: "text-text-1",
  conditional: "text-warning",
  denied: "text-text-3",
  unknown: "text-text-3",
};

/** A tick, a question, a cross, a broken ring: each decision has a shape of its own. */
function Shape({ decision }: { decision: Decision }) {
  if (decision === "allowed") return <path d="M2 6.5 5 9.5 10.5 3" />;
  if (decision === "denied") return <path d="M3 3 9 9M9 3 3 9" />;
  if (decision === "unknown") return <circle cx="6" cy="6" r="4.2" strokeDasharray="2.2 2" />;
  return <path d="M4 4.2A2.1 2.1 0 1 1 6.6 6.2Q6 6.5 6 7.4M6 9.8V10" />;
}

interface DecisionMarkProps {
  decision: Decision;
  label?: string;
  /** What is refused here should not be. */
  danger?: boolean;
}

export function DecisionMark({ decision, label, danger = false }: DecisionMarkProps) {
  return (
    <svg
      viewBox="0 0 12 12"
      className={`inline-block size-3 shrink-0 fill-none ${danger ? "stroke-danger" : STROKE[decision]}`}
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    >
      <Shape decision={decision} />
    </svg>
  );
}

/** allowed · allowed if … · denied by … · not known, by shape and words. */
export function VerdictMark({ verdict, className = "" }: { verdict: Verdict; className?: string }) {
  const { decision } = verdict;
  return (
    <span className={`inline-flex min-w-0 items-baseline gap-1.5 ${DECISION_TEXT[decision]} ${className}`}>
      <span className="relative top-px">
        <DecisionMark decision={decision} />
      </span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <ClusterText text={verdictWords(verdict)} />
      </span>
    </span>
  );
}
