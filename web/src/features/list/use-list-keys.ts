import { useState, type RefObject } from "react";
import type { Row } from "@/api/contract";
import { rowAt } from "@/api/stream/window-state";
import { useShortcuts } from "@/components/shortcuts";
import { revealRow } from "@/components/use-virtual-rows";
import type { ListSnapshot } from "./list-store";

const HEAD = 28;
/** Which tab of the pane a key opens. */
const TAB_KEYS: Record<string, string> = { d: "", y: "yaml", e: "events" };

interface ListKeysOptions {
  snapshot: ListSnapshot;
  scroller: RefObject<HTMLDivElement | null>;
  filter: RefObject<HTMLInputElement | null>;
  rowHeight: number;
  /** A pane is open: moving the cursor shows the next row in it. */
  following: boolean;
  open: (row: Row, tab: string, how?: { replace: boolean }) => void;
  toggle: (row: Row, index: number) => void;
  /** Absent where rows have no logs. */
  logs?: ((row: Row) => void) | undefined;
  escape: () => void;
}

/** The row the keys act on, and the keys. The cursor stays with its row when the order changes. */
export function useListKeys(options: ListKeysOptions): {
  cursor: number | null;
  setCursor: (index: number | null) => void;
} {
  const { snapshot, scroller, filter, rowHeight } = options;
  const { shown } = snapshot;
  const [at, setAt] = useState<{ index: number; id: number | undefined } | null>(null);
  const place = at?.id === undefined ? -1 : shown.order.indexOf(at.id);
  const cursor =
    at === null ? null : place >= 0 ? shown.from + place : Math.min(at.index, Math.max(0, shown.total - 1));
  const setCursor = (index: number | null) =>
    setAt(index === null ? null : { index, id: rowAt(shown, index)?.id });
  const moveTo = (wish: number) => {
    if (shown.total === 0) return;
    const index = Math.max(0, Math.min(shown.total - 1, wish));
    setCursor(index);
    if (scroller.current) revealRow(scroller.current, index, rowHeight, HEAD);
    const row = rowAt(shown, index);
    if (row && options.following) options.open(row, "keep", { replace: true });
  };
  const step = (by: number) => () => moveTo(cursor === null ? 0 : cursor + by);
  const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 600) / rowHeight) - 2);
  const withRow = (act: (row: Row, index: number) => void) => () => {
    const row = cursor === null ? undefined : rowAt(shown, cursor);
    if (!row || cursor === null) return false;
    act(row, cursor);
    return true;
  };
  const tabs = Object.fromEntries(
    Object.entries(TAB_KEYS).map(([key, tab]) => [key, withRow((row) => options.open(row, tab))]),
  );
  useShortcuts({
    ...tabs,
    j: step(1),
    ArrowDown: step(1),
    k: step(-1),
    ArrowUp: step(-1),
    PageDown: step(page),
    PageUp: step(-page),
    g: () => moveTo(0),
    Home: () => moveTo(0),
    G: () => moveTo(shown.total - 1),
    End: () => moveTo(shown.total - 1),
    Enter: withRow((row) => options.open(row, "")),
    ...(options.logs ? { l: withRow(options.logs) } : {}),
    x: withRow(options.toggle),
    " ": withRow(options.toggle),
    Escape: options.escape,
    "/": () => filter.current?.focus(),
  });
  return { cursor, setCursor };
}
