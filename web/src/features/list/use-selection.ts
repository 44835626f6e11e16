import { useRef, useState } from "react";
import type { Row } from "@/api/contract";
import { fetchWindow, type ListQuestion } from "@/api/queries";
import { rowAt, type WindowState } from "@/api/stream/window-state";
import { addRows, NOTHING, rowKey, toggleRow, type Selection } from "./selection";

export interface SelectionControl {
  selection: Selection;
  toggle: (row: Row, index?: number) => void;
  /** From the row selected before to this one; what has scrolled away is fetched. */
  extendTo: (index: number) => void;
  /** Where a later range begins. */
  anchorAt: (index: number) => void;
  /** Every row at hand, or none when all of them are selected. */
  toggleAll: () => void;
  clear: () => void;
}

/** More than this is not selected in one gesture: the server gives no more at a time. */
const LONGEST_RANGE = 500;

export function useSelection(shown: WindowState, question: ListQuestion): SelectionControl {
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
      const length = Math.min(LONGEST_RANGE, Math.abs(index - from) + 1);
      const first = from < index ? index - length + 1 : index;
      const rows = Array.from({ length }, (_, at) => rowAt(shown, first + at)).filter(
        (row) => row !== undefined,
      );
      setSelection((now) => addRows(now, rows));
      if (rows.length === length) return;
      fetchWindow(question, first, length)
        .then((window) => setSelection((now) => addRows(now, window.rows)))
        // What is selected is counted below the list: a range that could not be completed shows there.
        .catch(() => undefined);
    },
    toggleAll: () => {
      const rows = [...shown.rows.values()];
      setSelection((now) => (rows.every((row) => now.has(rowKey(row))) ? NOTHING : addRows(now, rows)));
    },
    clear: () => setSelection(NOTHING),
  };
}
