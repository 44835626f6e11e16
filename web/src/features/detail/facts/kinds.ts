import type { KindGroup } from "@/api/contract";

/** How English makes the plural of a kind that discovery does not know (any more). */
function guess(group: string, kind: string): string {
  const lower = kind.toLowerCase();
  const plural = /(s|x|ch|sh)$/.test(lower)
    ? `${lower}es`
    : /[^aeiou]y$/.test(lower)
      ? `${lower.slice(0, -1)}ies`
      : `${lower}s`;
  return group ? `${plural}.${group}` : plural;
}

/** Finds the kind id for what an owner reference or a target reference says. */
export function kindFinder(groups: KindGroup[] | undefined): (apiVersion: string, kind: string) => string {
  const known = new Map<string, string>();
  for (const kind of (groups ?? []).flatMap((group) => group.kinds))
    known.set(`${kind.group}/${kind.kind}`, kind.id);
  return (apiVersion, kind) => {
    const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
    return known.get(`${group}/${kind}`) ?? guess(group, kind);
  };
}
