import { useState } from "react";
import type { SensitiveEntry } from "@/api/aws-contract";
import { useSensitiveCatalog } from "@/api/aws-reference";
import { categoryWords } from "@/components/aws/sensitive-tags";
import { Link } from "@/components/link";
import { cx } from "@/lib/class-names";
import { plural } from "@/lib/quantity";

/** Entries by their category, in the order of the catalogue. */
export function byCategory(entries: readonly SensitiveEntry[]): [string, SensitiveEntry[]][] {
  const groups = new Map<string, SensitiveEntry[]>();
  for (const entry of entries) groups.set(entry.category, [...(groups.get(entry.category) ?? []), entry]);
  return [...groups];
}

/** What an entry asks for: of a combination the part that stands last, which is what makes it dangerous. */
const askedBy = ({ actions }: SensitiveEntry): string => actions.at(-1) ?? "";

function EntryChip({ entry, active, href }: { entry: SensitiveEntry; active: boolean; href: string }) {
  const { actions, why, silenced, title } = entry;
  const words = actions.length === 1 ? actions[0] : title;
  return (
    <Link
      href={href}
      aria-current={active || undefined}
      title={[
        why,
        silenced && `silenced: ${silenced}`,
        actions.length > 1 && `together: ${actions.join(" + ")}`,
      ]
        .filter(Boolean)
        .join("\n")}
      className={cx(
        "mono inline-flex h-[22px] items-center rounded-sm border px-1.5 whitespace-nowrap",
        active ? "border-transparent bg-accent-soft" : "border-line hover:bg-raised-2",
        silenced && "text-text-3",
      )}
    >
      {words}
    </Link>
  );
}

interface SensitiveChipsProps {
  action: string;
  hrefOf: (action: string) => string;
}

/** The catalogue of sensitive permissions, each a question; first the published ones. */
export function SensitiveChips({ action, hrefOf }: SensitiveChipsProps) {
  const { data } = useSensitiveCatalog();
  const [all, setAll] = useState(false);
  if (!data) return null;
  const shown = data.entries.filter(({ published, silenced }) => all || (published && !silenced));
  const hidden = data.entries.length - shown.length;
  return (
    <section aria-label="sensitive permissions">
      <dl className="grid grid-cols-[minmax(88px,max-content)_minmax(0,1fr)] gap-x-4 gap-y-1.5 @max-[640px]:grid-cols-1 @max-[640px]:gap-y-1">
        {byCategory(shown).map(([category, entries]) => (
          <div key={category} className="contents">
            <dt className="label pt-[3px]">{categoryWords(category)}</dt>
            <dd className="flex flex-wrap gap-1">
              {entries.map((entry) => (
                <EntryChip
                  key={entry.id}
                  entry={entry}
                  active={askedBy(entry) === action}
                  href={hrefOf(askedBy(entry))}
                />
              ))}
            </dd>
          </div>
        ))}
      </dl>
      {(hidden > 0 || all) && (
        <button
          type="button"
          aria-expanded={all}
          onClick={() => setAll(!all)}
          className="link mt-1.5 text-sm"
        >
          {all ? "only the published ones" : `${plural(hidden, "more", "more")} of the catalogue`}
        </button>
      )}
    </section>
  );
}
