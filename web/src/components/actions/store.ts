// Which action is being asked about, and what the page is about. Both live beside the page: rows of a list come and
// go while a dialog about them is open, and the palette offers actions on what is open behind it.
import { useEffect, useSyncExternalStore } from "react";
import type { Target } from "@/api/actions-contract";
import type { Kind, KubernetesObject } from "@/api/contract";
import type { ActionId } from "./catalogue";

export interface ClusterTarget extends Target {
  cluster: string;
}

/** Some objects of one kind, of one or more clusters. */
export interface Subject {
  kind: Kind;
  targets: ClusterTarget[];
  /** The object as it was read, where it is the only one. */
  object?: KubernetesObject | undefined;
}

export interface Wish extends Subject {
  action: ActionId;
}

export interface MenuWish extends Subject {
  /** Where it was asked for, in pixels of the window. */
  at: { x: number; y: number };
}

interface ActionState {
  wish: Wish | null;
  menu: MenuWish | null;
  /** Counts the wishes, so that a second one of the same kind begins anew. */
  serial: number;
}

let current: ActionState = { wish: null, menu: null, serial: 0 };
const listeners = new Set<() => void>();

function set(next: Partial<ActionState>): void {
  current = { ...current, ...next };
  for (const listener of listeners) listener();
}

export const actionStore = {
  /** Asks about an action: nothing is done before it is confirmed. */
  ask: (wish: Wish) => set({ wish, menu: null, serial: current.serial + 1 }),
  menu: (menu: MenuWish) => set({ menu, serial: current.serial + 1 }),
  close: () => set({ wish: null, menu: null }),
};

export function useActionState(): ActionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => current,
  );
}

/** What pages are about, the innermost last: a selection comes before the pane that is open. */
const subjects: { subject: Subject; rank: number }[] = [];

/** Tells the palette what the page is about. */
export function usePublishedSubject(subject: Subject | null, rank: number): void {
  useEffect(() => {
    if (!subject) return undefined;
    const entry = { subject, rank };
    subjects.push(entry);
    return () => void subjects.splice(subjects.indexOf(entry), 1);
  }, [subject, rank]);
}

export function readSubject(): Subject | null {
  return [...subjects].sort((one, other) => other.rank - one.rank)[0]?.subject ?? null;
}
