import { useState, type RefObject } from "react";
import type { AuditRow } from "@/api/contract";
import { useShortcuts } from "@/components/shortcuts";
import { revealRow } from "@/components/use-virtual-rows";
import { rowId } from "./record-rows";

const HEAD = 28;

interface RecordKeysOptions {
  rows: readonly AuditRow[];
  scroller: RefObject<HTMLDivElement | null>;
  filter: RefObject<HTMLInputElement | null>;
  rowHeight: number;
  /** A pane is open: moving the cursor shows the next act in it. */
  following: boolean;
  open: (row: AuditRow, how?: { replace: boolean }) => void;
  close: () => void;
  toggleTable: () => void;
}

/** The row the keys act on. It stays with its act when newer ones come above it. */
export function useRecordKeys(options: RecordKeysOptions): [number | null, (index: number | null) => void] {
  const { rows, scroller, filter, rowHeight } = options;
  const [at, setAt] = useState<{ index: number; id: string } | null>(null);
  const found = at === null ? -1 : rows.findIndex((row) => rowId(row) === at.id);
  const cursor =
    at === null || rows.length === 0 ? null : found >= 0 ? found : Math.min(at.index, rows.length - 1);
  const setCursor = (index: number | null) => {
    const row = index === null ? undefined : rows[index];
    setAt(row && index !== null ? { index, id: rowId(row) } : null);
  };
  const moveTo = (wish: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, wish));
    const row = rows[index];
    if (!row) return;
    setCursor(index);
    if (scroller.current) revealRow(scroller.current, index, rowHeight, HEAD);
    if (options.following) options.open(row, { replace: true });
  };
  const step = (by: number) => () => moveTo(cursor === null ? 0 : cursor + by);
  const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 600) / rowHeight) - 2);
  useShortcuts({
    j: step(1),
    ArrowDown: step(1),
    k: step(-1),
    ArrowUp: step(-1),
    PageDown: step(page),
    PageUp: step(-page),
    g: () => moveTo(0),
    Home: () => moveTo(0),
    G: () => moveTo(rows.length - 1),
    End: () => moveTo(rows.length - 1),
    Enter: () => {
      const row = cursor === null ? undefined : rows[cursor];
      if (!row) return false;
      options.open(row);
      return true;
    },
    t: options.toggleTable,
    Escape: options.close,
    "/": () => filter.current?.focus(),
  });
  return [cursor, setCursor];
}
