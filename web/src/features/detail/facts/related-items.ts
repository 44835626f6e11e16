import type { RelatedItem, Relation, Tone } from "@/api/contract";

const KEY = ({ object }: RelatedItem) => `${object.kind}/${object.namespace ?? ""}/${object.name}`;
const WEIGHT: Record<Tone, number> = { danger: 0, warning: 1, unknown: 2, notice: 3, neutral: 4, ok: 5 };

export interface RelatedPart {
  items: RelatedItem[];
  /** Of all, also those that the server did not send. */
  total: number;
}

/** The items of some relations and kinds, each once, what needs a look first. */
export function pickRelated(groups: Relation[], relations: string[], kinds?: string[]): RelatedPart {
  const fits = (group: Relation) => relations.includes(group.relation);
  const chosen = groups.filter(fits);
  const seen = new Map<string, RelatedItem>();
  let unsent = 0;
  for (const group of chosen) {
    const items = kinds ? group.items.filter((item) => kinds.includes(item.object.kind)) : group.items;
    for (const item of items) seen.set(KEY(item), item);
    // What was left out is of the kinds that were sent, as far as anyone can tell.
    if (items.length > 0 && items.length === group.items.length)
      unsent += Math.max(0, group.total - group.items.length);
  }
  const items = [...seen.values()].sort(
    (a, b) => WEIGHT[a.tone] - WEIGHT[b.tone] || a.object.name.localeCompare(b.object.name),
  );
  return { items, total: items.length + unsent };
}

/** `2 failing, 1 pending, 5 ok`. */
export function toneSummary(items: RelatedItem[]): { tone: Tone; count: number }[] {
  const counts = new Map<Tone, number>();
  for (const { tone } of items) counts.set(tone, (counts.get(tone) ?? 0) + 1);
  return [...counts]
    .map(([tone, count]) => ({ tone, count }))
    .sort((a, b) => WEIGHT[a.tone] - WEIGHT[b.tone]);
}
