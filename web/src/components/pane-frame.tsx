import { Maximize2, X } from "lucide-react";
import type { KeyboardEvent, PointerEvent, ReactNode } from "react";
import { useState } from "react";
import { changeSettings, readSettings } from "@/lib/settings";
import { Button } from "@/ui/button";
import { Link } from "./link";

interface PaneFrameProps {
  label: string;
  onClose: () => void;
  /** Where the pane is a page of its own, if it is one. */
  page?: string;
  /** Buttons before the frame's own. */
  actions?: ReactNode;
  children: ReactNode;
}

const SMALLEST = 360;
const fit = (width: number) =>
  Math.round(Math.min(Math.max(SMALLEST, width), Math.max(SMALLEST, innerWidth * 0.7)));

/** The frame of the detail pane: at the right and resizable, the whole screen on a narrow one. */
export function PaneFrame({ label, onClose, page, actions, children }: PaneFrameProps) {
  const [width, setWidth] = useState(() => readSettings().paneWidth);
  const settle = (next: number) => {
    setWidth(fit(next));
    changeSettings({ paneWidth: fit(next) });
  };
  const drag = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const move = (next: globalThis.PointerEvent) => setWidth(fit(innerWidth - next.clientX));
    const stop = (next: globalThis.PointerEvent) => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", stop);
      settle(innerWidth - next.clientX);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", stop);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowLeft: 24, ArrowRight: -24 }[event.key];
    if (step) settle(width + step);
  };
  return (
    <aside
      aria-label={label}
      className="relative flex shrink-0 flex-col border-l border-line bg-raised-1 max-md:fixed max-md:inset-0 max-md:z-30 max-md:w-full! max-md:border-l-0"
      style={{ width }}
    >
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label="width of the pane"
        aria-valuenow={width}
        aria-valuemin={SMALLEST}
        tabIndex={0}
        onPointerDown={drag}
        onKeyDown={onKey}
        className="absolute inset-y-0 left-0 z-10 w-1.5 cursor-col-resize hover:bg-accent-soft max-md:hidden"
      />
      <div className="absolute top-2 right-2 z-10 flex">
        {actions}
        {page && (
          <Link
            href={page}
            aria-label="open as a page"
            title="open as a page"
            className="inline-flex size-(--control) items-center justify-center rounded text-text-2 hover:bg-raised-2 hover:text-text-1"
          >
            <Maximize2 size={14} />
          </Link>
        )}
        <Button
          look="quiet"
          icon={<X size={16} />}
          aria-label="close the pane"
          title="close (Esc)"
          onClick={onClose}
        />
      </div>
      <div className="min-h-0 flex-1">{children}</div>
    </aside>
  );
}
