import { useCounts } from "@/api/queries";
import { useKindGroups } from "@/components/use-kinds";
import { Link } from "@/components/link";
import { pluralKind } from "@/lib/kind-title";
import { listHref } from "@/lib/place";
import { formatCount } from "@/lib/quantity";
import { Section } from "@/ui/definition-rows";
import { SkeletonLines } from "@/ui/skeleton";
import { ToneMark } from "@/ui/tone-mark";
import { useDetail } from "../detail-context";

/** How many of each kind a namespace holds, each a link to the list. */
export function CountsBlock({ title }: { title: string }) {
  const { ref } = useDetail();
  const counts = useCounts(ref.cluster, [ref.name]);
  const groups = useKindGroups(ref.cluster);
  if (!counts.data || !groups) {
    return (
      <Section title={title}>
        <SkeletonLines count={4} />
      </Section>
    );
  }
  const data = counts.data;
  const rows = groups
    .flatMap((group) => group.kinds)
    .filter((kind) => kind.namespaced && (data[kind.id]?.count ?? 0) > 0);
  return (
    <Section title={title}>
      {rows.length === 0 && <p className="text-text-2">nothing that is counted yet</p>}
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(180px,1fr))] gap-x-6">
        {rows.map((kind) => {
          const count = data[kind.id];
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
              <span className="mono ml-auto text-text-2">
                {count?.certainty === "atLeast" ? "≥ " : count?.certainty === "atMost" ? "≤ " : ""}
                {formatCount(count?.count ?? 0)}
              </span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
