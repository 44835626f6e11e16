import { cx } from "@/lib/class-names";
import { parseUnifiedDiff, type DiffLine } from "@/lib/unified-diff";
import { ClusterText } from "./cluster-text";

const LOOK: Record<DiffLine["kind"], string> = {
  added: "bg-ok-soft text-ok",
  removed: "bg-danger-soft text-danger",
  context: "text-text-2",
  hunk: "border-y border-line text-text-3 first:border-t-0",
};
const SIGN: Record<DiffLine["kind"], string> = { added: "+", removed: "−", context: " ", hunk: " " };

/** A diff to read: signs and colours say the same. */
export function DiffView({
  diff,
  label,
  className = "",
}: {
  diff: string;
  label: string;
  className?: string;
}) {
  const lines = parseUnifiedDiff(diff);
  if (lines.length === 0) return <p className="text-sm text-text-3">no difference</p>;
  return (
    <pre
      tabIndex={0}
      role="region"
      aria-label={label}
      className={cx(
        "mono max-h-80 overflow-auto rounded border border-line bg-bg py-1 text-[12px]/[18px]",
        className,
      )}
    >
      <code className="block w-max min-w-full">
        {lines.map((line, at) => (
          <span key={at} className={cx("flex px-2 whitespace-pre", LOOK[line.kind])}>
            <span aria-hidden className="w-4 shrink-0 select-none">
              {SIGN[line.kind]}
            </span>
            {(line.kind === "added" || line.kind === "removed") && (
              <span className="sr-only">{line.kind}: </span>
            )}
            <ClusterText text={line.text} />
          </span>
        ))}
      </code>
    </pre>
  );
}
