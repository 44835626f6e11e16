import { useId, useRef, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";

interface Spot {
  left: number;
  top: number;
  /** An open modal covers everything outside it. */
  host: Element;
}

const WIDEST = 320;
const MARGIN = 8;

/** Below the anchor, or beside it where what is below must stay readable and there is room. */
function spotFor(box: DOMRect, beside: boolean): Omit<Spot, "host"> {
  const below = {
    left: Math.max(MARGIN, Math.min(box.left, innerWidth - WIDEST - MARGIN)),
    top: box.bottom + 6,
  };
  if (!beside) return below;
  if (box.left > WIDEST + MARGIN) return { left: box.left - WIDEST - 6, top: box.top };
  return box.right + WIDEST + MARGIN < innerWidth ? { left: box.right + 6, top: box.top } : below;
}

interface TooltipProps {
  /** Empty: there is nothing to say. */
  text: string;
  children: ReactNode;
  /** Inside a menu: the next entries are not to be covered. */
  beside?: boolean;
  className?: string;
}

/** Says `text` on hover and on focus. Pass the trigger as the child; it is described by the tip. */
export function Tooltip({ text, children, beside = false, className = "" }: TooltipProps) {
  const id = useId();
  const anchor = useRef<HTMLSpanElement>(null);
  const [spot, setSpot] = useState<Spot | null>(null);
  const show = () => {
    const element = anchor.current;
    // Also while there is nothing to say: the reason may come while one is there.
    if (!element) return;
    const host = element.closest("dialog") ?? document.body;
    setSpot({ ...spotFor(element.getBoundingClientRect(), beside), host });
  };
  const hide = () => setSpot(null);
  return (
    <span
      ref={anchor}
      className={`inline-flex min-w-0 ${className}`}
      aria-describedby={spot && text !== "" ? id : undefined}
      onPointerEnter={show}
      onPointerLeave={hide}
      onFocus={show}
      onBlur={hide}
      onKeyDown={(event) => event.key === "Escape" && hide()}
    >
      {children}
      {spot &&
        text !== "" &&
        createPortal(
          <span
            role="tooltip"
            id={id}
            style={{ left: spot.left, top: spot.top }}
            className="pointer-events-none fixed z-50 w-max max-w-80 rounded border border-line-strong bg-raised-3 px-2 py-1 text-sm whitespace-pre-line text-text-1 shadow-float"
          >
            {text}
          </span>,
          spot.host,
        )}
    </span>
  );
}
