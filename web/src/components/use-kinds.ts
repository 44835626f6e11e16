import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Kind, KindGroup } from "@/api/contract";
import { kindsQuery, useClusters, useKinds } from "@/api/queries";
import { pluralKind, resourceOf } from "@/lib/kind-title";

function merge(lists: (KindGroup[] | undefined)[]): KindGroup[] {
  const groups = new Map<string, { title: string; kinds: Map<string, Kind> }>();
  for (const group of lists.flatMap((list) => list ?? [])) {
    const known = groups.get(group.id) ?? { title: group.title, kinds: new Map<string, Kind>() };
    groups.set(group.id, known);
    for (const kind of group.kinds) if (!known.kinds.has(kind.id)) known.kinds.set(kind.id, kind);
  }
  return [...groups].map(([id, { title, kinds }]) => ({ id, title, kinds: [...kinds.values()] }));
}

/** The kinds of every cluster together. */
export function useFleetKinds(enabled = true): KindGroup[] | undefined {
  const clusters = useClusters();
  const ids = (clusters.data ?? []).map((cluster) => cluster.id);
  const lists = useQueries({
    queries: enabled ? ids.map((id) => kindsQuery(id)) : [],
    combine: (results) => results.map((result) => result.data),
  });
  return useMemo(() => (lists.some(Boolean) ? merge(lists) : undefined), [lists]);
}

/** The kinds of one cluster, or of all when there is none. */
export function useKindGroups(cluster: string | null): KindGroup[] | undefined {
  const one = useKinds(cluster);
  const all = useFleetKinds(cluster === null);
  return cluster === null ? all : one.data;
}

/** A kind by its id; undefined while discovery is on its way or when the cluster has no such kind. */
export function useKind(cluster: string | null, id: string): Kind | undefined {
  const groups = useKindGroups(cluster);
  return useMemo(() => groups?.flatMap((group) => group.kinds).find((kind) => kind.id === id), [groups, id]);
}

export function kindTitle(kind: Kind | undefined, id: string): string {
  return kind ? pluralKind(kind.kind, kind.resource) : resourceOf(id);
}
