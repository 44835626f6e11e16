import { useEffect, useState, useSyncExternalStore } from "react";
import { liveStream } from "@/api/live";
import type { WindowState } from "@/api/stream/window-state";
import type { ListQuestion } from "@/api/queries";
import { ListStore, type ListSnapshot } from "./list-store";

/** How many lists keep their last frame. */
const FRAMES = 16;
const frames = new Map<string, WindowState>();

function rememberFrame(key: string, frame: WindowState): void {
  frames.delete(key);
  frames.set(key, frame);
  for (const oldest of frames.keys()) {
    if (frames.size <= FRAMES) break;
    frames.delete(oldest);
  }
}

function createStore(): ListStore {
  return new ListStore({
    open: (subscription, listener) => liveStream.open(subscription, listener),
    // A hidden tab has no frames, but its rows must not pile up.
    frame: (run) => void (document.hidden ? setTimeout(run, 250) : requestAnimationFrame(run)),
    delay: (run, ms) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    now: () => performance.now(),
    frames: { get: (key) => frames.get(key), set: rememberFrame },
  });
}

/** The live rows of one list page. */
export function useListStore(query: ListQuestion): [ListSnapshot, ListStore] {
  const [store] = useState(createStore);
  const wish = JSON.stringify(query);
  useEffect(() => {
    const asked = JSON.parse(wish) as ListQuestion;
    // Over the fleet, the clusters have to be known first.
    if (asked.clusters.length > 0) store.ask(asked);
  }, [store, wish]);
  useEffect(() => () => store.close(), [store]);
  return [useSyncExternalStore(store.subscribe, store.read), store];
}
