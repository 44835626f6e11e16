import { formatClock } from "@/lib/age";
import { formatCount } from "@/lib/quantity";
import type { ListSnapshot } from "./list-store";
import { scopeWords } from "./scope";

interface ListFooterProps {
  snapshot: ListSnapshot;
  title: string;
  filter: string;
  namespaced: boolean;
  namespaces: string[];
  selected: number;
  onApply: () => void;
  onUnselect: () => void;
}

/** No cluster has answered: no row is not none. */
const isUnknown = (parts: ListSnapshot["shown"]["clusters"]) =>
  parts.length > 0 && parts.every(({ state }) => state.phase === "refused" || state.phase === "unreachable");

/** count · selected · held · as of · scope */
export function ListFooter({
  snapshot,
  title,
  filter,
  namespaced,
  namespaces,
  selected,
  onApply,
  onUnselect,
}: ListFooterProps) {
  const { shown, held, ready } = snapshot;
  return (
    <footer className="flex h-7 shrink-0 items-center gap-4 overflow-hidden border-t border-line px-4 text-sm whitespace-nowrap text-text-3">
      <span aria-live="polite">
        {shown.total === 0 && isUnknown(shown.clusters)
          ? `${title.toLowerCase()} not known`
          : ready || shown.total > 0
            ? `${formatCount(shown.total)} ${filter ? "match" : title.toLowerCase()}`
            : "loading"}
      </span>
      {selected > 0 && (
        <button
          type="button"
          onClick={onUnselect}
          className="text-text-2 hover:text-text-1"
          title="clear the selection"
        >
          {formatCount(selected)} selected ×
        </button>
      )}
      {held > 0 && (
        <button
          type="button"
          onClick={onApply}
          className="text-accent hover:underline"
          title="rows keep their places while the pointer is over them"
        >
          {held === 1 ? "1 change held" : `${formatCount(held)} changes held`}
        </button>
      )}
      <span className="flex-1" />
      {shown.asOf && <span className="@max-[640px]:hidden">as of {formatClock(shown.asOf)}</span>}
      {shown.clusters.length > 0 && (
        <span className="truncate">
          {namespaced ? scopeWords(shown.clusters, namespaces) : "whole cluster"}
        </span>
      )}
    </footer>
  );
}
