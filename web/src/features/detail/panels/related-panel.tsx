import type { Relation } from "@/api/contract";
import { useRelated } from "@/api/queries";
import { ErrorNotice } from "@/components/error-notice";
import { Gaps } from "@/components/gaps";
import { formatCount } from "@/lib/quantity";
import { Section } from "@/ui/definition-rows";
import { SkeletonLines } from "@/ui/skeleton";
import { RelatedRow } from "../blocks/related-block";
import { useDetail } from "../detail-context";

const title = ({ relation, total }: Relation) =>
  `${relation[0]?.toUpperCase() ?? ""}${relation.slice(1)} · ${formatCount(total)}`;

function Group({ group, namespace }: { group: Relation; namespace: string | null }) {
  const unsent = group.total - group.items.length;
  return (
    <Section title={title(group)}>
      <ul>
        {group.items.map((item) => (
          <RelatedRow
            key={`${item.object.kind} ${item.object.namespace ?? ""} ${item.object.name}`}
            item={item}
            kind
            namespace={(item.object.namespace ?? null) !== namespace}
          />
        ))}
      </ul>
      {unsent > 0 && (
        <p className="mt-1 text-sm text-text-3">{formatCount(unsent)} more are not listed here</p>
      )}
    </Section>
  );
}

/** Everything this object points at, and everything that points at it. */
export function RelatedPanel() {
  const { ref, gone } = useDetail();
  const { data, error, refetch } = useRelated(ref, !gone);
  if (!data)
    return error ? (
      <ErrorNotice error={error} what="related objects" onRetry={() => void refetch()} />
    ) : (
      <SkeletonLines />
    );
  const groups = data.data.filter((group) => group.total > 0);
  return (
    <>
      {groups.map((group) => (
        <Group key={group.relation} group={group} namespace={ref.namespace ?? null} />
      ))}
      {groups.length === 0 && (
        <p className="text-text-2">
          Nothing {data.gaps.length > 0 ? "among what is seen " : ""}is related to this object.
        </p>
      )}
      <Gaps gaps={data.gaps} className="mt-4" />
    </>
  );
}
