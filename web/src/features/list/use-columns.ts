import { useEffect, useMemo, useState } from "react";
import type { Column } from "@/api/contract";
import { useListState } from "@/components/use-list-state";
import { parseListState } from "@/lib/place";
import { useSettings } from "@/ui/use-settings";
import {
  allColumns,
  chooseColumns,
  defaultWidths,
  NO_MEMORY,
  readMemory,
  writeMemory,
  type ColumnMemory,
  type ShownColumn,
} from "./columns";
import { usual } from "./usual";

export interface Columns {
  all: ShownColumn[];
  shown: ShownColumn[];
  /** Nobody chose: the table may leave out what does not fit. */
  automatic: boolean;
  choose: (ids: string[]) => void;
  resize: (id: string, width: number | null) => void;
  move: (id: string, before: string) => void;
  reset: () => void;
  sort: (sort: string) => void;
}

interface About {
  kind: string;
  fleet: boolean;
  namespaced: boolean;
}

const NONE: string[] = [];

function usualColumns(kind: string, fleet: boolean): string[] {
  const { columns = NONE } = usual(kind);
  return fleet && columns.length > 0 ? ["cluster", ...columns] : columns;
}

/** The columns of a list: the address decides, then what this browser remembers, then the server. */
export function useColumns(columns: readonly Column[], { kind, fleet, namespaced }: About): Columns {
  const [state, change] = useListState();
  const [memory, setMemory] = useState<{ kind: string; is: ColumnMemory }>(() => ({
    kind,
    is: readMemory(kind),
  }));
  if (memory.kind !== kind) setMemory({ kind, is: readMemory(kind) });
  const remembered = memory.kind === kind ? memory.is : NO_MEMORY;
  const wished = state.columns.length > 0 ? state.columns : remembered.ids;
  const chosen = wished.length > 0 ? wished : usualColumns(kind, fleet);
  const all = useMemo(() => allColumns(columns, fleet, namespaced), [columns, fleet, namespaced]);
  const { times } = useSettings();
  const shown = useMemo(
    () => chooseColumns(all, chosen, { ...defaultWidths(all, kind, times), ...remembered.widths }),
    [all, chosen, remembered, kind, times],
  );
  useEffect(() => {
    // What is remembered goes into the address, so that a link shows a colleague the same.
    const now = parseListState(location.search);
    const saved = readMemory(kind);
    const columns = now.columns.length > 0 ? now.columns : saved.ids;
    const sort = now.sort || saved.sort;
    if (columns.length > now.columns.length || sort !== now.sort)
      change({ columns, sort }, { replace: true });
  }, [kind, change]);
  const remember = (is: ColumnMemory) => {
    writeMemory(kind, is);
    setMemory({ kind, is });
  };
  const choose = (ids: string[]) => {
    remember({ ...remembered, ids });
    change({ columns: ids }, { replace: true });
  };
  return {
    all,
    shown,
    automatic: wished.length === 0,
    choose,
    resize: (id, width) => {
      const others = Object.entries(remembered.widths).filter(([column]) => column !== id);
      remember({
        ...remembered,
        widths: Object.fromEntries(width === null ? others : [...others, [id, width]]),
      });
    },
    move: (id, before) => {
      const ids = shown.map((column) => column.id);
      if (id === before || !ids.includes(id)) return;
      const rest = ids.filter((each) => each !== id);
      choose(
        rest.flatMap((each) =>
          each === before ? (ids.indexOf(id) < ids.indexOf(before) ? [each, id] : [id, each]) : [each],
        ),
      );
    },
    reset: () => {
      remember({ ...NO_MEMORY, sort: remembered.sort });
      change({ columns: [] }, { replace: true });
    },
    sort: (sort) => {
      remember({ ...remembered, sort });
      change({ sort });
    },
  };
}
