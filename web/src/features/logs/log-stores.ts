// The logs that the dock's tabs follow, by tab: a tab that is not looked at goes on, a tab that is closed stops.
import { liveStream } from "@/api/live";
import { dockKey, readDock, watchDock, type DockWish } from "@/components/dock";
import { LogStore, type Asked } from "./log-store";

export type LogWish = Extract<DockWish, { kind: "logs" }>;

interface Open {
  store: LogStore;
  wish: LogWish;
}

const open = new Map<string, Open>();

watchDock(() => {
  const kept = new Set(readDock().tabs.map(({ key }) => key));
  for (const [key, { store }] of open) {
    if (kept.has(key)) continue;
    store.close();
    open.delete(key);
  }
});

const askedBy = ({ containers = [], previous = false }: LogWish): Asked => ({
  containers,
  previous,
  sinceSeconds: null,
});

/** The lines of a tab. The same thing wished for again in another way is asked for anew. */
export function logStoreOf(wish: LogWish): LogStore {
  const key = dockKey(wish);
  const known = open.get(key);
  if (known) {
    if (known.wish !== wish) {
      known.wish = wish;
      const next = askedBy(wish);
      const { previous, containers } = known.store.read().asked;
      if (previous !== next.previous || String(containers) !== String(next.containers)) known.store.ask(next);
    }
    return known.store;
  }
  const { cluster, kind, namespace, name } = wish.object;
  const store = new LogStore(
    {
      open: (subscription, listener) => liveStream.open(subscription, listener),
      // A hidden tab has no frames, but its lines must not pile up.
      frame: (run) => void (document.hidden ? setTimeout(run, 250) : requestAnimationFrame(run)),
    },
    { cluster, kind, namespace: namespace ?? "", name },
    askedBy(wish),
  );
  open.set(key, { store, wish });
  return store;
}
