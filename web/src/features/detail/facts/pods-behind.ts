// The pods behind a workload or a service, as far as its neighbours are known.
import type { RelatedItem, Relation } from "@/api/contract";
import { plural } from "@/lib/quantity";
import { pickRelated } from "./related-items";

export interface PodsBehind {
  ready: number;
  total: number;
  /** `2 pods CrashLoopBackOff, 1 pod Pending`; null when none is in trouble. */
  trouble: string | null;
}

const good = ({ tone }: RelatedItem): boolean => tone === "ok" || tone === "neutral";

/** Null until the neighbours are known, or when the server told of only a part of them. */
export function podsBehind(related: Relation[] | undefined): PodsBehind | null {
  if (!related) return null;
  const { items, total } = pickRelated(related, ["owns", "selects", "routes to"], ["pods"]);
  if (items.length < total) return null;
  const words = new Map<string, number>();
  for (const { status } of items.filter((item) => !good(item))) {
    const word = status || "not ready";
    words.set(word, (words.get(word) ?? 0) + 1);
  }
  const told = [...words]
    .sort((a, b) => b[1] - a[1])
    .map(([word, count]) => `${plural(count, "pod")} ${word}`);
  return {
    ready: items.filter(good).length,
    total,
    trouble: told.length > 0 ? told.slice(0, 3).join(", ") : null,
  };
}
