import type { NamespaceItem } from "@/api/contract";

export interface NamespaceChoice {
  name: string;
  /** Null when no cluster said how many. */
  pods: number | null;
  failing: number;
}

/** Namespaces of several clusters by name, with their pods added up. */
export function mergeNamespaces(lists: (NamespaceItem[] | undefined)[]): NamespaceChoice[] {
  const byName = new Map<string, NamespaceChoice>();
  for (const item of lists.flatMap((list) => list ?? [])) {
    const known = byName.get(item.name);
    const pods = item.pods ?? null;
    byName.set(item.name, {
      name: item.name,
      pods: known && known.pods !== null ? known.pods + (pods ?? 0) : pods,
      failing: (known?.failing ?? 0) + (item.failing ?? 0),
    });
  }
  return [...byName.values()];
}

/** Those that match, chosen ones first, then those whose name starts with the text, then by name. */
export function rankNamespaces(
  items: NamespaceChoice[],
  text: string,
  chosen: readonly string[],
): NamespaceChoice[] {
  const wish = text.trim().toLowerCase();
  const rank = (item: NamespaceChoice) =>
    chosen.includes(item.name) && !wish ? 0 : item.name.startsWith(wish) && wish ? 1 : 2;
  return items
    .filter((item) => item.name.includes(wish))
    .sort((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1));
}
