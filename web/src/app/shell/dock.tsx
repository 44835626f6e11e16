import { ChevronDown, ChevronUp, ScrollText, Workflow, X } from "lucide-react";
import {
  lazy,
  Suspense,
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
} from "react";
import { useSession } from "@/api/queries";
import { ClusterText } from "@/components/cluster-text";
import { dock, useDockState, type DockTab } from "@/components/dock";
import { useShortcuts } from "@/components/shortcuts";
import { cx } from "@/lib/class-names";
import { logKindWord } from "@/lib/log-kinds";
import { changeSettings, readSettings } from "@/lib/settings";
import { Button } from "@/ui/button";
import { SkeletonLines } from "@/ui/skeleton";
import { ErrorBoundary } from "../error-boundary";

const RunTab = lazy(async () => ({ default: (await import("@/components/runs/run-tab")).RunTab }));
const LogTab = lazy(async () => ({ default: (await import("@/features/logs/log-tab")).LogTab }));

const SMALLEST = 160;
const fit = (height: number) =>
  Math.round(Math.min(Math.max(SMALLEST, height), Math.max(SMALLEST, innerHeight * 0.8)));

/** What stands in a tab. */
function Content({ tab }: { tab: DockTab }): ReactNode {
  switch (tab.wish.kind) {
    case "logs":
      return <LogTab wish={tab.wish} />;
    case "run":
      return <RunTab id={tab.wish.id} />;
  }
}

function TabTitle({ tab }: { tab: DockTab }) {
  const { wish } = tab;
  const [Icon, what, name] =
    wish.kind === "logs"
      ? [ScrollText, logKindWord(wish.object.kind), wish.object.name]
      : [Workflow, "", wish.title];
  return (
    <>
      <Icon size={14} aria-hidden className="shrink-0 text-text-3" />
      {what && <span className="text-text-3">{what}</span>}
      <span className="mono max-w-64 truncate">
        <ClusterText text={name} />
      </span>
    </>
  );
}

const tabId = (key: string) => `dock-tab-${key.replace(/[^A-Za-z0-9]/g, "_")}`;

function DockTabs({ tabs, active }: { tabs: readonly DockTab[]; active: string | null }) {
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ key }) => key === active);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Delete" && active) dock.close(active);
    const next = step ? tabs[(at + step + tabs.length) % tabs.length] : undefined;
    if (!next) return;
    event.preventDefault();
    dock.show(next.key);
    document.getElementById(tabId(next.key))?.focus();
  };
  return (
    <div
      role="tablist"
      aria-label="dock"
      onKeyDown={onKeyDown}
      className="flex min-w-0 flex-1 overflow-x-auto"
    >
      {tabs.map((tab) => (
        <div
          key={tab.key}
          role="presentation"
          className={cx(
            "flex shrink-0 items-center border-r border-line",
            tab.key === active ? "bg-raised-1" : "text-text-2 hover:text-text-1",
          )}
        >
          <button
            type="button"
            role="tab"
            id={tabId(tab.key)}
            aria-selected={tab.key === active}
            aria-controls={tab.key === active ? "dock-panel" : undefined}
            tabIndex={tab.key === active ? 0 : -1}
            onClick={() => dock.show(tab.key)}
            onAuxClick={(event) => event.button === 1 && dock.close(tab.key)}
            className="flex h-8 items-center gap-1.5 pl-3 text-sm outline-offset-[-2px]"
          >
            <TabTitle tab={tab} />
          </button>
          {/* By keyboard a tab is closed with Delete: a button inside a list of tabs is not for the reader. */}
          <button
            type="button"
            aria-hidden
            tabIndex={-1}
            title="close (Delete)"
            onClick={() => dock.close(tab.key)}
            className="mx-1 inline-flex size-5 items-center justify-center rounded text-text-3 hover:bg-raised-3 hover:text-text-1"
          >
            <X size={12} />
          </button>
        </div>
      ))}
    </div>
  );
}

function Handle({ height, onHeight }: { height: number; onHeight: (height: number, done: boolean) => void }) {
  const drag = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const move = (next: globalThis.PointerEvent) => onHeight(innerHeight - next.clientY, false);
    const stop = (next: globalThis.PointerEvent) => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", stop);
      onHeight(innerHeight - next.clientY, true);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", stop);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowUp: 24, ArrowDown: -24 }[event.key];
    if (step) onHeight(height + step, true);
  };
  return (
    <div
      role="separator"
      aria-orientation="horizontal"
      aria-label="height of the dock"
      aria-valuenow={height}
      aria-valuemin={SMALLEST}
      tabIndex={0}
      onPointerDown={drag}
      onKeyDown={onKeyDown}
      className="absolute inset-x-0 -top-0.5 z-10 h-1.5 cursor-row-resize hover:bg-accent-soft max-md:hidden"
    />
  );
}

/** Keys that mean the same everywhere; all others stay in the dock while it has the focus. */
const GLOBAL = new Set(["?", ":", "`"]);

/** Whoever signs in next does not find the tabs of somebody else. */
function useOwnTabs() {
  const user = useSession().data?.user;
  const last = useRef(user);
  useEffect(() => {
    if (user === undefined) return;
    if (last.current !== undefined && last.current !== user) dock.clear();
    last.current = user;
  }, [user]);
}

/** The focus goes to what was opened, and back when the dock folds. */
function useDockFocus(opened: number, collapsed: boolean) {
  const panel = useRef<HTMLDivElement>(null);
  const before = useRef<HTMLElement | null>(null);
  const seen = useRef(0);
  useEffect(() => {
    if (collapsed || opened === seen.current) return;
    seen.current = opened;
    const focused = document.activeElement;
    if (focused instanceof HTMLElement && !panel.current?.contains(focused)) before.current = focused;
    panel.current?.focus({ preventScroll: true });
  }, [opened, collapsed]);
  return { panel, leave: () => before.current?.focus({ preventScroll: true }) };
}

/** Logs and running actions, below every page: tabs, resizable, foldable; on a narrow screen a sheet. */
export function Dock() {
  const { tabs, active, collapsed, opened } = useDockState();
  const [height, setHeight] = useState(() => readSettings().dockHeight);
  const { panel, leave } = useDockFocus(opened, collapsed);
  useOwnTabs();
  useShortcuts({ "`": () => tabs.length > 0 && (dock.collapse(!collapsed), true) });
  const tab = tabs.find(({ key }) => key === active);
  if (!tab) return null;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      dock.collapse(true);
      leave();
    }
    if (!event.metaKey && !event.ctrlKey && !event.altKey && !GLOBAL.has(event.key)) event.stopPropagation();
  };
  return (
    <section
      aria-label="dock"
      onKeyDown={onKeyDown}
      style={collapsed ? undefined : { height }}
      className={cx(
        "relative flex shrink-0 flex-col border-t border-line-strong bg-raised-1",
        !collapsed && "max-md:fixed max-md:inset-0 max-md:z-40 max-md:h-full! max-md:border-t-0",
      )}
    >
      {!collapsed && (
        <Handle
          height={height}
          onHeight={(next, done) => {
            setHeight(fit(next));
            if (done) changeSettings({ dockHeight: fit(next) });
          }}
        />
      )}
      <div className="flex shrink-0 items-center border-b border-line bg-bg">
        <DockTabs tabs={tabs} active={active} />
        <Button
          look="quiet"
          icon={collapsed ? <ChevronUp size={16} /> : <ChevronDown size={16} />}
          aria-label={collapsed ? "unfold the dock" : "fold the dock"}
          aria-expanded={!collapsed}
          title={collapsed ? "unfold (`)" : "fold (Esc)"}
          onClick={() => dock.collapse(!collapsed)}
        />
        <Button
          look="quiet"
          icon={<X size={16} />}
          aria-label="close this tab"
          title="close this tab"
          onClick={() => dock.close(tab.key)}
        />
      </div>
      {!collapsed && (
        <div
          ref={panel}
          role="tabpanel"
          id="dock-panel"
          aria-labelledby={tabId(tab.key)}
          tabIndex={-1}
          className="min-h-0 flex-1 outline-none"
        >
          <ErrorBoundary key={tab.key} place={tab.key}>
            <Suspense
              fallback={
                <div className="p-4">
                  <SkeletonLines />
                </div>
              }
            >
              <Content key={tab.key} tab={tab} />
            </Suspense>
          </ErrorBoundary>
        </div>
      )}
    </section>
  );
}
