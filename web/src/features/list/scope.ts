import type { ClusterPart } from "@/api/contract";

const SHOWN = 3;

function listed(names: readonly string[]): string {
  if (names.length <= SHOWN) return names.join(", ");
  return `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more`;
}

/** What an answer covers: `all namespaces`, `payments, search`, `all namespaces of 2 clusters`. */
export function scopeWords(parts: readonly ClusterPart[], chosen: readonly string[]): string {
  const clusters = parts.length > 1 ? ` of ${parts.length} clusters` : "";
  if (chosen.length > 0)
    return `${chosen.length === 1 ? "namespace" : "namespaces"} ${listed(chosen)}${clusters}`;
  if (parts.length > 0 && parts.every((part) => part.scope.clusterWide)) return `all namespaces${clusters}`;
  const seen = [...new Set(parts.flatMap((part) => part.scope.namespaces))];
  return seen.length === 0
    ? `all namespaces you may see${clusters}`
    : `the ${seen.length} namespaces you may see: ${listed(seen)}${clusters}`;
}
