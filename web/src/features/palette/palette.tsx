import { useDeferredValue, useState, type KeyboardEvent } from "react";
import { useLocation } from "wouter";
import { useActions } from "@/api/aws-reference";
import { useClusters, useNamespaces, useSearch } from "@/api/queries";
import { readSubject } from "@/components/actions/store";
import { useOffers } from "@/components/actions/use-offers";
import { useFleetKinds } from "@/components/use-kinds";
import { cx } from "@/lib/class-names";
import type { Place } from "@/lib/place";
import { Dialog } from "@/ui/dialog";
import { Kbd } from "@/ui/kbd";
import { ToneMark } from "@/ui/tone-mark";
import { actionEntries } from "./action-entries";
import { actionWanted, awsEntries } from "./aws-entries";
import { paletteEntries, type Entry } from "./entries";
import { logEntries, logsWanted } from "./log-entries";

interface PaletteProps {
  initial: string;
  place: Place;
  onClose: () => void;
}

function Entries({
  entries,
  active,
  onPick,
}: {
  entries: Entry[];
  active: number;
  onPick: (entry: Entry) => void;
}) {
  return (
    <ul role="listbox" id="palette-entries" aria-label="results" className="py-1">
      {entries.map((entry, at) => (
        <li key={entry.key} role="presentation">
          {entries[at - 1]?.section !== entry.section && (
            <div className="label px-4 pt-2 pb-0.5">{entry.section}</div>
          )}
          <a
            href={entry.href || undefined}
            role="option"
            id={`palette-${at}`}
            aria-selected={at === active}
            aria-disabled={Boolean(entry.disabledReason) || undefined}
            title={entry.disabledReason ?? undefined}
            ref={(element) => {
              if (at === active) element?.scrollIntoView({ block: "nearest" });
            }}
            onClick={(event) => {
              if ((event.metaKey || event.ctrlKey) && entry.href) return;
              event.preventDefault();
              onPick(entry);
            }}
            tabIndex={-1}
            className={cx(
              "flex h-8 scroll-mt-20 items-center gap-2 px-4",
              at === active ? "bg-accent-soft" : "hover:bg-raised-2",
            )}
          >
            {entry.tone && <ToneMark tone={entry.tone} />}
            <span
              className={cx(
                "max-w-[60%] shrink-0 truncate",
                entry.mono && "mono",
                entry.disabledReason && "text-text-3",
              )}
            >
              {entry.title}
            </span>
            <span className="min-w-0 flex-1 truncate text-right text-sm text-text-3">{entry.note}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Everything by name, over every cluster the person may see. */
export function Palette({ initial, place, onClose }: PaletteProps) {
  const [text, setText] = useState(initial);
  const [active, setActive] = useState(0);
  const [, navigate] = useLocation();
  const searched = useDeferredValue(logsWanted(text) ?? (text.startsWith(":") ? "" : text.trim()));
  const search = useSearch(searched);
  const cluster = "cluster" in place ? place.cluster : null;
  const world = {
    clusters: useClusters().data ?? [],
    kinds: (useFleetKinds() ?? []).flatMap((group) => group.kinds),
    namespaces: useNamespaces(cluster).data?.data ?? [],
    place,
  };
  const [subject] = useState(readSubject);
  const actions = actionEntries(text, subject, useOffers(subject));
  const found = searched.length >= 2 ? search.data : undefined;
  const places = logsWanted(text) === null ? paletteEntries(text, world, found) : logEntries(found);
  const prefix = useDeferredValue(actionWanted(text));
  const known = useActions(prefix, prefix.length > 0 && !prefix.includes("*")).data;
  const aws = awsEntries(text, world.clusters, place, known);
  const entries = [...actions, ...(aws.first ? [...aws.entries, ...places] : [...places, ...aws.entries])];
  const at = Math.min(active, Math.max(0, entries.length - 1));
  const pick = (entry: Entry) => {
    if (entry.disabledReason) return;
    onClose();
    if (entry.act) entry.act();
    else navigate(entry.href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && entries.length > 0) setActive((at + step + entries.length) % entries.length);
    const entry = entries[at];
    if (event.key === "Enter" && entry) pick(entry);
    if (step || event.key === "Enter") event.preventDefault();
  };
  const unseen =
    searched.length >= 2 ? (search.data?.clusters ?? []).filter(({ state }) => state.phase !== "live") : [];
  return (
    <Dialog title="search everything" shape="palette" onClose={onClose}>
      <div className="sticky top-0 flex h-11 items-center gap-2 border-b border-line bg-raised-1 px-4">
        <input
          data-first-focus
          role="combobox"
          aria-expanded
          aria-controls="palette-entries"
          aria-activedescendant={entries.length > 0 ? `palette-${at}` : undefined}
          aria-label="search everything"
          value={text}
          spellCheck={false}
          autoComplete="off"
          placeholder="Name of anything, or :pods payments /api @staging"
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          className="h-full flex-1 bg-transparent text-md outline-none placeholder:text-text-3"
        />
        <Kbd>Esc</Kbd>
      </div>
      <Entries entries={entries} active={at} onPick={pick} />
      {entries.length === 0 && (
        <p className="px-4 py-6 text-text-2">
          {search.isFetching ? "searching …" : "Nothing by that name in what you may see."}
        </p>
      )}
      {unseen.length > 0 && (
        <p className="label border-t border-line px-4 py-1.5">
          Not searched completely:{" "}
          {unseen.map(({ cluster: id, state }) => `${id} (${state.phase})`).join(", ")}
        </p>
      )}
    </Dialog>
  );
}
