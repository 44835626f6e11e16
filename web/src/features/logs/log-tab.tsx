import { useRef, useState, useSyncExternalStore, type KeyboardEvent } from "react";
import { isShortcut } from "@/components/shortcuts";
import { readSettings } from "@/lib/settings";
import { useSettings } from "@/ui/use-settings";
import { copyText } from "@/lib/clipboard";
import { copyable } from "./copying";
import type { LogLine } from "./lines";
import type { Asked } from "./log-store";
import { LogList, type Revealed } from "./log-list";
import { LogEmpty, LogNotices } from "./log-notices";
import { logStoreOf, type LogWish } from "./log-stores";
import { LogToolbar } from "./log-toolbar";
import { readLook, saveLook, type Look } from "./look";
import { useSheet } from "./use-sheet";

function useLook(): [Look, (change: Partial<Look>) => void] {
  const [look, setLook] = useState(readLook);
  return [
    look,
    (change) => {
      const next = { ...look, ...change };
      setLook(next);
      saveLook(next);
    },
  ];
}

/** The logs of a pod or a workload, live. */
export function LogTab({ wish }: { wish: LogWish }) {
  const store = logStoreOf(wish);
  const snapshot = useSyncExternalStore(store.subscribe, store.read);
  const [look, onLook] = useLook();
  const [following, onFollow] = useState(true);
  const [current, setCurrent] = useState<number | null>(null);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const filter = useRef<HTMLInputElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [revealed, setRevealed] = useState<Revealed | null>(null);
  const quietUntil = useRef(0);
  const sheet = useSheet();
  const { times } = useSettings();
  const { shown } = snapshot;

  const reveal = (line: LogLine) => {
    quietUntil.current = performance.now() + 300;
    setRevealed({ id: line.id });
  };
  const ask = (change: Partial<Asked>) => {
    store.ask(change);
    onFollow(true);
  };
  const toggle = (line: LogLine) => {
    const next = new Set(open);
    if (!next.delete(line.id)) next.add(line.id);
    setOpen(next);
    setCurrent(line.id);
    if (!next.has(line.id)) return;
    onFollow(false);
    reveal(line);
  };
  const index = current === null ? -1 : shown.findIndex(({ id }) => id === current);
  const move = (wanted: number) => {
    const line = shown[Math.max(0, Math.min(shown.length - 1, wanted))];
    if (!line) return;
    onFollow(false);
    setCurrent(line.id);
    reveal(line);
  };
  const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 300) / 18) - 2);
  const scroll = (by: number) => scroller.current?.scrollBy({ top: by * 18 });
  const withLine = (act: (line: LogLine) => void) => () => {
    const line = shown[index];
    if (line) act(line);
  };
  const keys: Record<string, () => void> = {
    "/": () => filter.current?.focus(),
    f: () => onFollow(!following),
    w: () => onLook({ wrap: !look.wrap }),
    t: () => onLook({ times: !look.times }),
    o: () => onLook({ fields: !look.fields }),
    p: () => ask({ previous: !snapshot.asked.previous }),
    j: () => move(index < 0 ? shown.length - 1 : index + 1),
    k: () => move(index < 0 ? shown.length - 1 : index - 1),
    g: () => {
      onFollow(false);
      requestAnimationFrame(() => scroller.current?.scrollTo({ top: 0 }));
    },
    G: () => onFollow(true),
    c: withLine((line) => void copyText(copyable(line))),
    Enter: withLine(toggle),
    PageUp: () => scroll(-page),
    PageDown: () => scroll(page),
    ArrowUp: () => scroll(-1),
    ArrowDown: () => scroll(1),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && event.target === filter.current) {
      // First out of the filter, then out of the dock.
      event.preventDefault();
      if (snapshot.wish.text) store.setFilter({ text: "" });
      else scroller.current?.focus();
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (!isShortcut(event.key, event.target, readSettings().shortcuts)) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const row = {
    ...look,
    letters: snapshot.sources.length > 1,
    zone: times === "utc" ? "utc" : "local",
  } as const;
  return (
    <div className="flex h-full min-h-0 flex-col" onKeyDown={onKeyDown}>
      <LogToolbar {...{ wish, store, snapshot, ask, look, onLook, following, onFollow, filter, sheet }} />
      <LogNotices snapshot={snapshot} />
      {snapshot.dropped > 0 && (
        <p className="label shrink-0 border-b border-line px-3 py-0.5">
          {snapshot.dropped.toLocaleString("en")} older lines dropped; download has them all
        </p>
      )}
      {shown.length === 0 ? (
        <div className="min-h-0 flex-1 overflow-auto">
          <LogEmpty snapshot={snapshot} />
        </div>
      ) : (
        <LogList
          {...{
            snapshot,
            look: row,
            following,
            onFollow,
            current,
            open,
            onToggle: toggle,
            scroller,
            quietUntil,
            revealed,
          }}
          label={`logs of ${wish.object.name}`}
        />
      )}
    </div>
  );
}
