import type { Gap, Permission } from "@/api/contract";
import { formatPermission } from "@/lib/permission";

/** The exact permissions that are missing, in mono. */
export function Needs({ needs }: { needs: readonly Permission[] }) {
  return needs.map((permission, at) => (
    <span key={formatPermission(permission)}>
      {at > 0 && ", "}
      <code className="mono text-text-1">{formatPermission(permission)}</code>
    </span>
  ));
}

/** What is not in an answer, in its own quiet box: refused is not empty, unknown is not zero. */
export function Gaps({ gaps, className = "" }: { gaps: readonly Gap[]; className?: string }) {
  if (gaps.length === 0) return null;
  return (
    <aside
      aria-label="not seen"
      className={`rounded border border-dashed border-line-strong px-3 py-2 text-sm text-text-2 ${className}`}
    >
      {gaps.map((gap) => (
        <p key={`${gap.code} ${gap.what}`}>
          Not seen: {gap.what}
          {gap.needs.length > 0 && (
            <>
              . Needs <Needs needs={gap.needs} />
            </>
          )}
          {gap.fix && `. ${gap.fix}`}
        </p>
      ))}
    </aside>
  );
}
