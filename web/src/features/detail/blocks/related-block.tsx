import type { RelatedItem, Tone } from "@/api/contract";
import { asApiError } from "@/api/problem";
import { useRelated } from "@/api/queries";
import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { ObjectLink } from "@/components/object-link";
import { resourceOf } from "@/lib/kind-title";
import { formatCount } from "@/lib/quantity";
import { Section } from "@/ui/definition-rows";
import { SkeletonLines } from "@/ui/skeleton";
import { TONE_TEXT, ToneMark } from "@/ui/tone-mark";
import { useDetail } from "../detail-context";
import { pickRelated, toneSummary } from "../facts/related-items";

const WORD: Record<Tone, string> = {
  danger: "failing",
  warning: "not ready",
  unknown: "unknown",
  notice: "changing",
  neutral: "",
  ok: "ready",
};
const SHOWN = 8;

export function RelatedRow({
  item,
  kind,
  namespace,
}: {
  item: RelatedItem;
  kind: boolean;
  namespace?: boolean;
}) {
  return (
    <li className="flex h-7 min-w-0 items-center gap-2 border-b border-line last:border-b-0">
      <ToneMark tone={item.tone} />
      {kind && <span className="shrink-0 text-sm text-text-3">{resourceOf(item.object.kind)}</span>}
      <ObjectLink object={item.object} namespace={namespace ?? false} className="min-w-0" />
      <span
        className={`ml-auto max-w-[45%] shrink-0 truncate text-sm ${item.tone === "ok" || item.tone === "neutral" ? "text-text-3" : TONE_TEXT[item.tone]}`}
      >
        <ClusterText text={item.status} />
      </span>
    </li>
  );
}

function Summary({ items }: { items: RelatedItem[] }) {
  return (
    <span className="flex gap-3">
      {toneSummary(items)
        .filter(({ tone }) => WORD[tone] !== "")
        .map(({ tone, count }) => (
          <span key={tone} className="flex items-center gap-1">
            <ToneMark tone={tone} />
            {formatCount(count)} {WORD[tone]}
          </span>
        ))}
    </span>
  );
}

interface RelatedProps {
  title: string;
  relations: string[];
  kinds?: string[];
  /** The list that shows all of them. */
  href?: string | undefined;
}

/** The neighbours of some relations, worst first. */
export function RelatedBlock({ title, relations, kinds, href }: RelatedProps) {
  const { ref, onTab, gone } = useDetail();
  const related = useRelated(ref, !gone);
  if (related.error && !related.data) {
    return (
      <Section title={title}>
        <p className="text-text-2">not seen: {asApiError(related.error).problem.detail}</p>
      </Section>
    );
  }
  if (!related.data) {
    return (
      <Section title={title}>
        <SkeletonLines count={2} />
      </Section>
    );
  }
  const { items, total } = pickRelated(related.data.data, relations, kinds);
  const several = new Set(items.map((item) => item.object.kind)).size > 1 || !kinds;
  return (
    <Section
      title={title}
      aside={
        items.length === total ? (
          <Summary items={items} />
        ) : (
          <span>
            {items.length} of {formatCount(total)}
          </span>
        )
      }
    >
      {items.length === 0 ? (
        <p className="text-text-2">{related.data.gaps.length > 0 ? "none among what is seen" : "none"}</p>
      ) : (
        <ul>
          {items.slice(0, SHOWN).map((item) => (
            <RelatedRow
              key={`${item.object.kind} ${item.object.namespace ?? ""} ${item.object.name}`}
              item={item}
              kind={several}
              namespace={item.object.namespace !== ref.namespace}
            />
          ))}
        </ul>
      )}
      {total > SHOWN && (
        <p className="mt-1 text-sm">
          {href ? (
            <Link href={href} className="link">
              all {formatCount(total)}
            </Link>
          ) : (
            <button type="button" className="link" onClick={() => onTab("related")}>
              all {formatCount(total)}
            </button>
          )}
        </p>
      )}
    </Section>
  );
}
