import { useMemo, type RefObject } from "react";
import type { Kind, Row } from "@/api/contract";
import { rowAt } from "@/api/stream/window-state";
import { actionKeys } from "@/components/actions/action-keys";
import { actionStore, usePublishedSubject, type Subject } from "@/components/actions/store";
import { useShortcuts } from "@/components/shortcuts";
import type { ListSnapshot } from "./list-store";
import { rowKey, type Selection } from "./selection";

interface RowActionsOptions {
  /** Undefined until discovery has arrived. */
  kind: Kind | undefined;
  snapshot: ListSnapshot;
  selection: Selection;
  cursor: number | null;
  scroller: RefObject<HTMLDivElement | null>;
}

export interface RowActions {
  /** Everything that is selected, or null when nothing is. */
  selected: Subject | null;
  openMenu: (row: Row, at: { x: number; y: number }) => void;
}

const subjectOf = (kind: Kind, rows: Iterable<Row>): Subject => ({
  kind,
  targets: [...rows].map(({ cluster, namespace, name, uid }) => ({
    cluster,
    kind: kind.id,
    namespace: namespace ?? null,
    name,
    uid,
  })),
});

/** The actions of rows: keys and menu act on the selection where there is one, else on the row of the cursor. */
export function useRowActions({
  kind,
  snapshot,
  selection,
  cursor,
  scroller,
}: RowActionsOptions): RowActions {
  const selected = useMemo(
    () => (kind && selection.size > 0 ? subjectOf(kind, selection.values()) : null),
    [kind, selection],
  );
  usePublishedSubject(selected, 2);
  const row = cursor === null ? undefined : rowAt(snapshot.shown, cursor);
  const openMenu = (of: Row, at: { x: number; y: number }) => {
    if (!kind) return;
    const meant = selected && selection.has(rowKey(of)) ? selected : subjectOf(kind, [of]);
    actionStore.menu({ ...meant, at });
  };
  const menuAtCursor = () => {
    const element = scroller.current?.querySelector(`#row-${cursor ?? ""}`);
    if (!row || !element) return false;
    const box = element.getBoundingClientRect();
    openMenu(row, { x: box.left + 40, y: box.bottom });
    return true;
  };
  useShortcuts({
    ...actionKeys(kind, () => selected ?? (kind && row ? subjectOf(kind, [row]) : null)),
    ".": menuAtCursor,
    ContextMenu: menuAtCursor,
    F10: (event) => (event.shiftKey ? menuAtCursor() : false),
  });
  return { selected, openMenu };
}
