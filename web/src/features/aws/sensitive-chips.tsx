import { useState } from "react";
import type { SensitiveEntry } from "@/api/aws-contract";
import { useSensitiveCatalog } from "@/api/aws-reference";
import { categoryWords } from "@/components/aws/sensitive-tags";
import { Link } from "@/components/link";
import { together } from "@/lib/aws-actions";
import { cx } from "@/lib/class-names";
import { groupBy } from "@/lib/group";
import { plural } from "@/lib/quantity";

interface EntryChipProps {
  entry: SensitiveEntry;
  asked: string;
  hrefOf: (action: string) => string;
}

/** One action, or several that are dangerous together: one question either way. */
function EntryChip({ entry, asked, hrefOf }: EntryChipProps) {
  const { actions, title, why, silenced } = entry;
  const question = together(actions);
  const active = question === asked;
  return (
    <Link
      href={hrefOf(question)}
      aria-current={active || undefined}
      title={[`${title}: ${why}`, silenced && `silenced: ${silenced}`].filter(Boolean).join("\n")}
      className={cx(
        "mono inline-flex min-h-5 items-center rounded-sm border border-line px-1.5 [overflow-wrap:anywhere]",
        silenced && "text-text-3",
        active ? "bg-accent-soft" : "hover:bg-raised-2",
      )}
    >
      {question}
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
      <dl className="grid grid-cols-[minmax(88px,max-content)_minmax(0,1fr)] gap-x-4 gap-y-1.5 @max-[560px]:grid-cols-1 @max-[560px]:gap-y-1">
        {groupBy(shown, ({ category }) => category).map(([category, entries]) => (
          <div key={category} className="contents">
            <dt className="label pt-[3px]">{categoryWords(category)}</dt>
            <dd className="flex flex-wrap gap-1">
              {entries.map((entry) => (
                <EntryChip key={entry.id} entry={entry} asked={action} hrefOf={hrefOf} />
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
