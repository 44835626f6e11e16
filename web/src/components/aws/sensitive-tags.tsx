import type { SensitiveEntry } from "@/api/aws-contract";
import { useSensitiveCatalog } from "@/api/aws-reference";
import { Tag } from "@/ui/chip";

/** The catalogue by the ids that answers speak of. */
export function useSensitive(): (id: string) => SensitiveEntry | undefined {
  const { data } = useSensitiveCatalog();
  return (id) => data?.entries.find((entry) => entry.id === id);
}

export const categoryWords = (category: string): string => category.replaceAll(/[-_]/g, " ");

/** Which kinds of harm the entries stand for: `privilege escalation`, `data`. */
export function SensitiveTags({ ids }: { ids: readonly string[] }) {
  const find = useSensitive();
  const categories = new Map<string, string[]>();
  for (const id of ids) {
    const entry = find(id);
    const category = entry ? categoryWords(entry.category) : id;
    categories.set(category, [
      ...(categories.get(category) ?? []),
      entry ? `${entry.title}: ${entry.why}` : id,
    ]);
  }
  return [...categories].map(([category, why]) => (
    <span key={category} title={why.join("\n")}>
      <Tag tone="danger">{category}</Tag>
    </span>
  ));
}
