import type { Count } from "@/api/contract";
import { useCounts } from "@/api/queries";
import { useKindGroups } from "@/components/use-kinds";
import { Link } from "@/components/link";
import { pluralKind } from "@/lib/kind-title";
import { formatPermission } from "@/lib/permission";
import { listHref } from "@/lib/place";
import { formatCount } from "@/lib/quantity";
import { Section } from "@/ui/definition-rows";
import { SkeletonLines } from "@/ui/skeleton";
import { ToneMark } from "@/ui/tone-mark";
import { useDetail } from "../detail-context";

/** A count that has not come is empty, one that may not be known a dash. */
function Amount({ count }: { count: Count | undefined }) {
  if (!count) return null;
  const needs = (count.needs ?? []).map(formatPermission).join(", ");
  const sign = { exact: "", atLeast: "≥ ", atMost: "≤ ", unknown: "" }[count.certainty];
  return (
    <span
      className={`mono ml-auto ${count.count > 0 ? "text-text-2" : "text-text-3"}`}
      title={needs ? `needs ${needs}` : undefined}
    >
      {count.certainty === "unknown" ? "–" : `${sign}${formatCount(count.count)}`}
    </span>
  );
}

/** How many of each kind a namespace holds, each a link to the list. */
export function CountsBlock({ title }: { title: string }) {
  const { ref } = useDetail();
  const counts = useCounts(ref.cluster, [ref.name]);
  const groups = useKindGroups(ref.cluster);
  const kinds = (groups ?? []).flatMap((group) => group.kinds).filter((kind) => kind.namespaced);
  const counted = counts.data;
  if (!counted || !groups) {
    return (
      <Section title={title}>
        <SkeletonLines count={12} />
      </Section>
    );
  }
  // Kubernetes' own kinds keep their places while they are being counted; custom ones show once they are there.
  const rows = kinds.filter((kind) => !kind.custom || (counted[kind.id]?.count ?? 0) > 0);
  return (
    <Section title={title}>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(180px,1fr))] gap-x-6">
        {rows.map((kind) => {
          const count = counted[kind.id];
          return (
            <li key={kind.id} className="flex h-7 items-center gap-2 border-b border-line">
              <Link
                href={listHref(ref.cluster, kind.id, { namespaces: [ref.name] })}
                className="truncate hover:underline"
              >
                {pluralKind(kind.kind, kind.resource)}
              </Link>
              {(count?.danger ?? 0) > 0 && (
                <span className="flex items-center gap-1 text-sm text-danger">
                  <ToneMark tone="danger" />
                  {formatCount(count?.danger ?? 0)} failing
                </span>
              )}
              <Amount count={count} />
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
