/** `NetworkPolicy`, `networkpolicies` → `NetworkPolicies`: the kind's own spelling in the plural. */
export function pluralKind(kind: string, resource: string): string {
  const lower = kind.toLowerCase();
  if (resource === lower) return kind;
  if (resource === `${lower}s`) return `${kind}s`;
  if (resource === `${lower}es`) return `${kind}es`;
  if (lower.endsWith("y") && resource === `${lower.slice(0, -1)}ies`) return `${kind.slice(0, -1)}ies`;
  return kind || resource;
}

/** What to call a kind before its discovery has arrived: `deployments.apps` → `deployments`. */
export function resourceOf(kindId: string): string {
  return kindId.split(".")[0] ?? kindId;
}
