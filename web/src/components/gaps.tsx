import type { AwsPermission } from "@/api/aws-contract";
import type { Gap, Permission } from "@/api/contract";
import { formatPermission } from "@/lib/permission";
import { formatCount } from "@/lib/quantity";

/** The exact permissions that are missing, in mono. */
export function Needs({ needs }: { needs: readonly Permission[] }) {
  return needs.map((permission, at) => (
    <span key={formatPermission(permission)}>
      {at > 0 && ", "}
      <code className="mono text-text-1">{formatPermission(permission)}</code>
    </span>
  ));
}

const code = (text: string) => <code className="mono [overflow-wrap:anywhere] text-text-1">{text}</code>;

/** What Periscope itself lacks in AWS: the action, on which ARN, and for which role. */
export function NeedsAws({ needs }: { needs: readonly AwsPermission[] }) {
  return needs.map(({ action, resource, principal }, at) => (
    <span key={`${action} ${resource} ${principal ?? ""}`}>
      {at > 0 && "; "}
      {code(action)} on {code(resource)}
      {principal && <> for {code(principal)}</>}
    </span>
  ));
}

const SHOWN = 4;

/** Gaps that the same permission would close, as one: `pods of prod-eu, staging`. */
export function joinGaps(gaps: readonly Gap[]): Gap[] {
  const joined = new Map<string, { gap: Gap; what: Set<string> }>();
  for (const gap of gaps) {
    const key = JSON.stringify([gap.code, gap.needs, gap.needsAws, gap.fix]);
    const same = joined.get(key);
    if (same) same.what.add(gap.what);
    else joined.set(key, { gap, what: new Set([gap.what]) });
  }
  return [...joined.values()].map(({ gap, what }) => ({ ...gap, what: joinWhat([...what]) }));
}

/** `pods of prod-eu` and `pods of staging` are `pods of prod-eu, staging`. */
function joinWhat(all: string[]): string {
  const places = new Map<string, string[]>();
  for (const one of all) {
    const at = one.lastIndexOf(" of ") + 1;
    const head = at > 0 ? one.slice(0, at) : one;
    places.set(head, [...(places.get(head) ?? []), ...(at > 0 ? [one.slice(at + 3)] : [])]);
  }
  return [...places]
    .map(([head, where]) => (where.length > 0 ? `${head}of ${where.join(", ")}` : head))
    .join("; ");
}

/** What is missing, without the permission that is named beside it. */
export function missingPart({ what, needsAws }: Gap): string {
  return (needsAws ?? []).reduce(
    (text, { action, resource, principal }) =>
      text.replace(
        `refused: ${action} on ${resource}${principal ? ` for ${principal}` : ""} is missing`,
        "refused",
      ),
    what,
  );
}

const sentence = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase());

function GapLine({ gap }: { gap: Gap }) {
  return (
    <p>
      Not seen: {missingPart(gap)}
      {gap.needs.length > 0 && (
        <>
          . Needs <Needs needs={gap.needs} />
        </>
      )}
      {gap.needsAws && gap.needsAws.length > 0 && (
        <>
          . Periscope needs <NeedsAws needs={gap.needsAws} />
        </>
      )}
      {gap.fix && `. ${sentence(gap.fix)}`}
    </p>
  );
}

interface GapsProps {
  gaps: readonly Gap[];
  className?: string;
  /** What a screen reader calls it, where a page has more than one. */
  label?: string;
}

/** What is not in an answer, in its own quiet box: refused is not empty, unknown is not zero. */
export function Gaps({ gaps, className = "", label = "not seen" }: GapsProps) {
  if (gaps.length === 0) return null;
  const together = joinGaps(gaps);
  const [first, rest] =
    together.length > SHOWN + 1 ? [together.slice(0, SHOWN), together.slice(SHOWN)] : [together, []];
  return (
    <aside
      aria-label={label}
      className={`rounded border border-dashed border-line-strong px-3 py-2 text-sm text-text-2 ${className}`}
    >
      {first.map((gap) => (
        <GapLine key={`${gap.code} ${gap.what}`} gap={gap} />
      ))}
      {rest.length > 0 && (
        <details>
          <summary className="cursor-pointer hover:text-text-1">and {formatCount(rest.length)} more</summary>
          {rest.map((gap) => (
            <GapLine key={`${gap.code} ${gap.what}`} gap={gap} />
          ))}
        </details>
      )}
    </aside>
  );
}
