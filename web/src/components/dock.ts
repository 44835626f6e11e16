// What the bottom dock holds. It lives beside the page, not in it: tabs survive navigation, and anything may open one.
import { useSyncExternalStore } from "react";
import type { ObjectRef } from "@/api/contract";

export type DockWish =
  | {
      kind: "logs";
      /** A pod, or a workload whose pods are followed. */
      object: ObjectRef;
      /** None: all of them. */
      containers?: string[];
      previous?: boolean;
    }
  | {
      /** The progress of an action that goes on by itself. */
      kind: "run";
      id: string;
      cluster: string;
      /** `drain ip-10-0-1-7`. */
      title: string;
    };

export interface DockTab {
  key: string;
  wish: DockWish;
}

export interface DockState {
  tabs: readonly DockTab[];
  active: string | null;
  collapsed: boolean;
  /** Grows with each opening, so that the dock can take the focus. */
  opened: number;
}

/** More tabs than this are a mistake: each may hold a stream open. The one opened first goes. */
export const MOST_TABS = 12;

const EMPTY: DockState = { tabs: [], active: null, collapsed: false, opened: 0 };

/** Opening the same thing again shows its tab. */
export function dockKey(wish: DockWish): string {
  if (wish.kind === "run") return `run ${wish.id}`;
  const { cluster, kind, namespace, name } = wish.object;
  return `logs ${cluster}/${kind}/${namespace ?? "_"}/${name}`;
}

export function withTab(state: DockState, wish: DockWish): DockState {
  const key = dockKey(wish);
  const known = state.tabs.some((tab) => tab.key === key);
  const tabs = known
    ? state.tabs.map((tab) => (tab.key === key ? { key, wish } : tab))
    : [...state.tabs, { key, wish }].slice(-MOST_TABS);
  return { tabs, active: key, collapsed: false, opened: state.opened + 1 };
}

export function withoutTab(state: DockState, key: string): DockState {
  const at = state.tabs.findIndex((tab) => tab.key === key);
  if (at < 0) return state;
  const tabs = state.tabs.filter((tab) => tab.key !== key);
  const next = tabs[Math.min(at, tabs.length - 1)]?.key ?? null;
  return { ...state, tabs, active: state.active === key ? next : state.active };
}

let current = EMPTY;
const listeners = new Set<() => void>();

function set(next: DockState): void {
  current = next;
  for (const listener of listeners) listener();
}

export const dock = {
  open: (wish: DockWish) => set(withTab(current, wish)),
  close: (key: string) => set(withoutTab(current, key)),
  show: (key: string) => set({ ...current, active: key, collapsed: false }),
  collapse: (collapsed: boolean) => set({ ...current, collapsed }),
  /** Somebody else sits here now. */
  clear: () => set(EMPTY),
};

export const readDock = () => current;
export const watchDock = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export function useDockState(): DockState {
  return useSyncExternalStore(watchDock, readDock);
}

/** How to open something in the dock; costs no rendering when the dock changes. */
export function useDock(): typeof dock {
  return dock;
}
