import {
  lazy,
  Suspense,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
  type RefObject,
} from "react";
import type { Row } from "@/api/contract";
import { useClusters } from "@/api/queries";
import { dock } from "@/components/dock";
import { PaneFrame } from "@/components/pane-frame";
import { kindTitle, useKind } from "@/components/use-kinds";
import { useListState } from "@/components/use-list-state";
import { hasLogs } from "@/lib/log-kinds";
import { objectHref, type OpenRow } from "@/lib/place";
import { useSettings } from "@/ui/use-settings";
import { ClusterStates } from "./cluster-states";
import { ListEmpty } from "./list-empty";
import { ListFooter } from "./list-footer";
import { ListToolbar } from "./list-toolbar";
import { rowKey } from "./selection";
import { Table } from "./table";
import { useColumns } from "./use-columns";
import { useListKeys } from "./use-list-keys";
import { useListStore } from "./use-list-store";
import { useRowActions } from "./use-row-actions";
import { useSelection } from "./use-selection";
import { usual } from "./usual";

const BulkBar = lazy(async () => ({ default: (await import("@/components/actions/bulk-bar")).BulkBar }));

/** Below this there is no room for columns: rows take two lines. The style sheet has the same number. */
const NARROW = 640;

/** Whether the list itself is narrow: on a small screen, or beside a wide pane. */
function useNarrow(list: RefObject<HTMLElement | null>): boolean {
  const [narrow, setNarrow] = useState(false);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return undefined;
    const measure = () => setNarrow(element.clientWidth < NARROW);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [list]);
  return narrow;
}

export interface ListPageProps {
  cluster: string | null;
  kind: string;
  /** The pane's contents come from another feature, so the app brings them. */
  renderDetail: (open: OpenRow, tab: string, onTab: (tab: string) => void) => ReactNode;
}

export function ListPage({ cluster, kind, renderDetail }: ListPageProps) {
  const [state, change] = useListState();
  const everyCluster = (useClusters().data ?? []).map((each) => each.id);
  const clusters = cluster !== null ? [cluster] : state.clusters.length > 0 ? state.clusters : everyCluster;
  const info = useKind(cluster, kind);
  const namespaced = info?.namespaced ?? true;
  const title = kindTitle(info, kind);
  const { filter: wanted } = state;
  const sort = state.sort || (usual(kind).sort ?? "");
  const query = { kind, clusters, namespaces: namespaced ? state.namespaces : [], filter: wanted, sort };
  const [snapshot, store] = useListStore(query);
  const { shown, problem, ready } = snapshot;
  const columns = useColumns(shown.columns, { kind, fleet: cluster === null, namespaced });
  const chosen = useSelection(shown, query);
  const scroller = useRef<HTMLDivElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLElement>(null);
  const narrow = useNarrow(list);
  const { density } = useSettings();
  const rowHeight = narrow ? 52 : density === "comfortable" ? 36 : 28;

  const open = (row: Row, tab: string, how?: { replace: boolean }) =>
    change(
      {
        open: { cluster: row.cluster, namespace: row.namespace ?? null, name: row.name },
        tab: tab === "keep" ? state.tab : tab,
      },
      how ?? { replace: state.open !== null },
    );
  const openLogs = ({ cluster: where, namespace, name }: Row) =>
    dock.open({ kind: "logs", object: { cluster: where, kind, namespace: namespace ?? null, name } });
  const close = () => change({ open: null, tab: "" });
  const { cursor, setCursor } = useListKeys({
    snapshot,
    scroller,
    filter,
    rowHeight,
    following: state.open !== null,
    open,
    toggle: chosen.toggle,
    logs: hasLogs(kind) ? openLogs : undefined,
    escape: () => (state.open ? close() : chosen.clear()),
  });
  const { selected, openMenu } = useRowActions({
    kind: info,
    snapshot,
    selection: chosen.selection,
    cursor,
    scroller,
  });
  const onRow = (index: number, row: Row, gesture: "open" | "toggle" | "range") => {
    setCursor(index);
    // The keys belong to the table now, not to the link that was clicked.
    scroller.current?.focus({ preventScroll: true });
    if (gesture === "toggle") return chosen.toggle(row, index);
    if (gesture === "range") return chosen.extendTo(index);
    chosen.anchorAt(index);
    open(row, "keep");
  };
  const openKey = useMemo(() => (state.open ? rowKey(state.open) : null), [state.open]);
  return (
    <div className="flex h-full min-h-0">
      <section
        ref={list}
        aria-label={title}
        className="@container relative z-10 flex min-w-0 flex-1 flex-col"
      >
        <ListToolbar
          cluster={cluster}
          kind={kind}
          state={state}
          change={change}
          clusters={clusters}
          everyCluster={everyCluster}
          namespaced={namespaced}
          facets={shown.facets}
          problem={problem}
          columns={columns}
          selection={chosen.selection}
          filter={filter}
          onLeaveFilter={() => scroller.current?.focus()}
        />
        <div className="relative min-h-0 flex-1">
          <Table
            kind={kind}
            label={title}
            snapshot={snapshot}
            question={JSON.stringify(query)}
            store={store}
            columns={columns.shown}
            automatic={columns.automatic}
            sort={sort}
            selection={chosen.selection}
            open={openKey}
            cursor={cursor}
            rowHeight={rowHeight}
            narrow={narrow}
            scroller={scroller}
            onSort={columns.sort}
            onResize={columns.resize}
            onMove={columns.move}
            onRow={onRow}
            onMenu={(index, row, at) => {
              setCursor(index);
              openMenu(row, at);
            }}
            onSelectAll={chosen.toggleAll}
          />
          {(shown.total === 0 || (problem && problem.code !== "filter_invalid")) && (
            <div className="absolute inset-0 overflow-auto bg-bg">
              <ListEmpty
                title={title}
                ready={ready}
                problem={problem}
                parts={shown.clusters}
                filter={state.filter}
                namespaces={state.namespaces}
                onClear={() => change({ filter: "" })}
              />
            </div>
          )}
          <Suspense>{selected && <BulkBar subject={selected} onClear={chosen.clear} />}</Suspense>
        </div>
        <ClusterStates parts={shown.clusters} />
        <ListFooter
          snapshot={snapshot}
          title={title}
          filter={state.filter}
          namespaced={namespaced}
          namespaces={state.namespaces}
          selected={chosen.selection.size}
          onApply={() => store.release()}
          onUnselect={chosen.clear}
        />
      </section>
      {state.open && (
        <PaneFrame
          label={state.open.name}
          onClose={close}
          page={objectHref({ ...state.open, kind }, state.tab)}
        >
          {renderDetail(state.open, state.tab, (tab) => change({ tab }, { replace: true }))}
        </PaneFrame>
      )}
    </div>
  );
}
