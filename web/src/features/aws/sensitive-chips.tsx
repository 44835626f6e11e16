import { Fragment, useState } from "react";
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

interface EntryChipProps {
  entry: SensitiveEntry;
  asked: string;
  hrefOf: (action: string) => string;
}

/** One action, or several that are dangerous together: each is a question of its own. */
function EntryChip({ entry, asked, hrefOf }: EntryChipProps) {
  const { actions, why, silenced } = entry;
  return (
    <span
      title={silenced ? `${why}\nsilenced: ${silenced}` : why}
      className={cx(
        "mono inline-flex flex-wrap items-center rounded-sm border border-line",
        silenced && "text-text-3",
      )}
    >
      {actions.map((action, at) => (
        <Fragment key={action}>
          {at > 0 && (
            <span aria-label="together with" role="img" className="text-text-3">
              +
            </span>
          )}
          <Link
            href={hrefOf(action)}
            aria-current={action === asked || undefined}
            className={cx(
              "inline-flex h-5 items-center rounded-sm px-1.5 whitespace-nowrap",
              action === asked ? "bg-accent-soft" : "hover:bg-raised-2",
            )}
          >
            {action}
          </Link>
        </Fragment>
      ))}
    </span>
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
      <dl className="grid grid-cols-[minmax(88px,max-content)_minmax(0,1fr)] gap-x-4 gap-y-1.5 @max-[700px]:grid-cols-1 @max-[700px]:gap-y-1">
        {byCategory(shown).map(([category, entries]) => (
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
