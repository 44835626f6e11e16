import { asApiError } from "@/api/problem";
import { formatCount, plural } from "@/lib/quantity";
import { MOST_ROWS, type FeedState } from "./record-feed";

interface RecordFooterProps {
  feed: FeedState;
  filtered: boolean;
  /** The filter does not parse: the rows are those of the one before. */
  wrong: boolean;
  onFresh: () => void;
}

/** how many are loaded · what is new · whose they are */
export function RecordFooter({ feed, filtered, wrong, onFresh }: RecordFooterProps) {
  const { rows, next, fresh, apart, scope } = feed.rows;
  const count = `${formatCount(rows.length)}${next === null ? "" : "+"}`;
  return (
    <footer className="flex h-7 shrink-0 items-center gap-4 overflow-hidden border-t border-line px-4 text-sm whitespace-nowrap text-text-3">
      <span>
        {wrong
          ? "the filter does not parse: the one before is shown"
          : feed.phase === "loading"
            ? "loading"
            : `${count} ${filtered ? "match" : rows.length === 1 && next === null ? "act" : "acts"}`}
      </span>
      {fresh.length > 0 && (
        <button
          type="button"
          onClick={onFresh}
          className="text-accent hover:underline"
          title="rows keep their places while the pointer is over them, the list is scrolled, or an act is open"
        >
          {apart ? "many new" : plural(fresh.length, "new", "new")}
        </button>
      )}
      {rows.length >= MOST_ROWS && next !== null && (
        <span className="text-warning">older ones are not loaded: narrow the time or the filter</span>
      )}
      {feed.phase === "ready" && feed.error !== null && (
        <span className="truncate text-warning">not refreshed: {asApiError(feed.error).problem.detail}</span>
      )}
      <span className="flex-1" />
      {scope && <span className="truncate">{scope === "all" ? "everybody" : "only you"}</span>}
    </footer>
  );
}
