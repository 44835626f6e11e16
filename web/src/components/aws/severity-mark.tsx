import type { Severity } from "@/api/aws-contract";

export const SEVERITY_TEXT: Record<Severity, string> = {
  critical: "text-critical",
  high: "text-high",
  medium: "text-medium",
  low: "text-low",
};

const LOOK: Record<Severity, { fill: string; path: string }> = {
  critical: { fill: "fill-critical", path: "M5 0.4 9.6 5 5 9.6 0.4 5Z" },
  high: { fill: "fill-high", path: "M5 0.9 9.5 9H0.5Z" },
  medium: { fill: "fill-medium", path: "M1.5 1.5h7v7h-7Z" },
  low: { fill: "fill-low", path: "M5 2.2a2.8 2.8 0 1 0 .01 0Z" },
};

/** Critical, high, medium, low: each by shape, colour and word. */
export function SeverityMark({ severity, word = true }: { severity: Severity; word?: boolean }) {
  const { fill, path } = LOOK[severity] ?? LOOK.low;
  return (
    <span className={`inline-flex items-center gap-1.5 ${SEVERITY_TEXT[severity] ?? ""}`}>
      <svg
        viewBox="0 0 10 10"
        className={`inline-block size-[10px] shrink-0 ${fill}`}
        {...(word ? { "aria-hidden": true } : { role: "img", "aria-label": severity })}
      >
        <path d={path} />
      </svg>
      {word && severity}
    </span>
  );
}
