import { useRef, useState } from "react";
import type { Row } from "@/api/contract";
import { rowAt, type WindowState } from "@/api/stream/window-state";
import { addRows, NOTHING, rowKey, toggleRow, type Selection } from "./selection";

export interface SelectionControl {
  selection: Selection;
  toggle: (row: Row, index?: number) => void;
  /** From the row selected before to this one, as far as both are at hand. */
  extendTo: (index: number) => void;
  /** Where a later range begins. */
  anchorAt: (index: number) => void;
  /** Every row at hand, or none when all of them are selected. */
  toggleAll: () => void;
  clear: () => void;
}

export function useSelection(shown: WindowState): SelectionControl {
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const anchor = useRef<number | null>(null);
  const anchorAt = (index: number) => {
    anchor.current = index;
  };
  return {
    selection,
    anchorAt,
    toggle: (row, index) => {
      if (index !== undefined) anchorAt(index);
      setSelection((now) => toggleRow(now, row));
    },
    extendTo: (index) => {
      const from = anchor.current ?? index;
      const length = Math.abs(index - from) + 1;
      const rows = Array.from({ length }, (_, at) => rowAt(shown, Math.min(from, index) + at));
      setSelection((now) =>
        addRows(
          now,
          rows.filter((row) => row !== undefined),
        ),
      );
    },
    toggleAll: () => {
      const rows = [...shown.rows.values()];
      setSelection((now) => (rows.every((row) => now.has(rowKey(row))) ? NOTHING : addRows(now, rows)));
    },
    clear: () => setSelection(NOTHING),
  };
}
