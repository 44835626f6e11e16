import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from "react";
import { recordHref } from "@/lib/record-place";
import type { AuditRow } from "@/api/contract";
import { useRecordStatus } from "@/api/record-queries";
import { PaneFrame } from "@/components/pane-frame";
import { Gaps } from "@/components/gaps";
import { CopyButton } from "@/ui/copy-button";
import { useSettings } from "@/ui/use-settings";
import { Figures } from "./figures";
import { RecordEmpty } from "./record-empty";
import { parseFilter } from "./record-filter";
import { RecordFooter } from "./record-footer";
import { rowId } from "./record-rows";
import { RecordTable } from "./record-table";
import { RecordToolbar } from "./record-toolbar";
import { RowPane } from "./row-pane";
import { useLastGood, useRecord, useRecordState } from "./use-record";
import { useRecordKeys } from "./use-record-keys";

/** Below this there is no room for columns: rows take two lines. The style sheet has the same number. */
const NARROW = 640;

function useNarrow(page: RefObject<HTMLElement | null>): boolean {
  const [narrow, setNarrow] = useState(false);
  useLayoutEffect(() => {
    const element = page.current;
    if (!element) return undefined;
    const measure = () => setNarrow(element.clientWidth < NARROW);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [page]);
  return narrow;
}

/** Who did what, to what, when, and how it ended: one line for each act, the newest first. */
export function AuditPage() {
  const [state, change] = useRecordState();
  const { density, times } = useSettings();
  const utc = times === "utc";
  const { parameters, problem } = useMemo(() => parseFilter(state.filter), [state.filter]);
  const status = useRecordStatus().data;
  const asked = useLastGood(parameters, problem);
  const { feed, state: shown, figures, question } = useRecord(asked, state.range);
  const { rows } = shown.rows;
  const page = useRef<HTMLElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const narrow = useNarrow(page);
  const rowHeight = narrow ? 52 : density === "comfortable" ? 36 : 28;
  const reading = state.open !== null;
  const [held, setHeld] = useState({ hovered: false, scrolled: false });
  // Rows keep their places while somebody points at them, has scrolled, or reads one beside them.
  const still = held.hovered || held.scrolled || reading;
  useEffect(() => feed.hold(still), [feed, still]);
  const onHold = (how: { hovered?: boolean; scrolled?: boolean }) =>
    setHeld((before) => {
      const next = { ...before, ...how };
      return next.hovered === before.hovered && next.scrolled === before.scrolled ? before : next;
    });
  const open = (row: AuditRow, how?: { replace: boolean }) =>
    change({ open: { chain: row.chain, sequence: row.sequence } }, how ?? { replace: state.open !== null });
  const close = () => change({ open: null });
  const [cursor, setCursor] = useRecordKeys({
    rows,
    scroller,
    filter,
    rowHeight,
    following: state.open !== null,
    open,
    close: () => state.open && close(),
    toggleTable: () => change({ table: !state.table }, { replace: true }),
  });
  const more = useCallback(() => feed.more(), [feed]);
  const verbs = status?.verbs ?? [];
  return (
    <div className="flex h-full min-h-0">
      <section
        ref={page}
        aria-label="the record"
        className="@container relative z-10 flex min-w-0 flex-1 flex-col"
      >
        <RecordToolbar
          {...{ state, change, problem, verbs, utc, question }}
          input={filter}
          onLeaveFilter={() => scroller.current?.focus()}
        />
        <Figures {...{ figures, status, state, change, utc }} />
        <div className="relative min-h-0 flex-1">
          <RecordTable
            {...{ rows, narrow, rowHeight, utc, scroller, cursor, onHold }}
            more={shown.rows.next !== null}
            onMore={more}
            question={`${JSON.stringify(asked)} ${JSON.stringify(state.range)}`}
            hrefOf={(row) => recordHref({ ...state, open: { chain: row.chain, sequence: row.sequence } })}
            openId={state.open && rowId(state.open)}
            onRow={(index) => {
              const row = rows[index];
              setCursor(index);
              scroller.current?.focus({ preventScroll: true });
              if (row) open(row);
            }}
          />
          {rows.length === 0 && (
            <div className="absolute inset-0 overflow-auto bg-bg">
              <RecordEmpty
                {...{ state, status, utc, change, problem }}
                feed={shown}
                onRetry={() => feed.start()}
                onMore={more}
              />
            </div>
          )}
        </div>
        <Gaps gaps={[...shown.rows.gaps]} className="m-2" />
        <RecordFooter
          feed={shown}
          filtered={state.filter !== ""}
          wrong={problem !== null}
          onFresh={() => {
            feed.release();
            if (scroller.current) scroller.current.scrollTop = 0;
          }}
        />
      </section>
      {state.open && (
        <PaneFrame
          label="the act"
          onClose={close}
          actions={<CopyButton text={location.href} label="copy a link to this act" />}
        >
          <RowPane key={rowId(state.open)} open={state.open} verbs={verbs} utc={utc} />
        </PaneFrame>
      )}
    </div>
  );
}
