import { ArrowDown, ArrowUp } from "lucide-react";
import { cx } from "@/lib/class-names";
import { nextSort, parseSort } from "@/lib/sort";

interface SortTitleProps {
  id: string;
  title: string;
  description?: string | undefined;
  sort: string;
  /** Without it the column has no order. */
  onSort?: ((sort: string) => void) | undefined;
}

/** What a heading tells assistive technology of its column's order. */
export function ariaSort(sort: string, id: string): "ascending" | "descending" | "none" {
  const term = parseSort(sort).find((each) => each.id === id);
  return term ? (term.descending ? "descending" : "ascending") : "none";
}

/** The title of a column; a button where the column can be sorted. */
export function SortTitle({ id, title, description, sort, onSort }: SortTitleProps) {
  if (!onSort) {
    return (
      <span className="truncate text-sm text-text-2" title={description}>
        {title}
      </span>
    );
  }
  const terms = parseSort(sort);
  const at = terms.findIndex((term) => term.id === id);
  const term = terms[at];
  return (
    <button
      type="button"
      title={description}
      onClick={(event) => onSort(nextSort(sort, id, event.shiftKey))}
      className={cx(
        "flex min-w-0 items-center gap-1 text-sm hover:text-text-1",
        term ? "text-text-1" : "text-text-2",
      )}
    >
      <span className="truncate">{title}</span>
      {term && (term.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
      {term && terms.length > 1 && <span className="label">{at + 1}</span>}
    </button>
  );
}
