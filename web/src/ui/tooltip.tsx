import { useId, useRef, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";

interface Spot {
  left: number;
  top: number;
}

/** Says `text` on hover and on focus. Pass the trigger as the child; it is described by the tip. */
export function Tooltip({
  text,
  children,
  className = "",
}: {
  text: string;
  children: ReactNode;
  className?: string;
}) {
  const id = useId();
  const anchor = useRef<HTMLSpanElement>(null);
  const [spot, setSpot] = useState<Spot | null>(null);
  const show = () => {
    const box = anchor.current?.getBoundingClientRect();
    if (box) setSpot({ left: Math.max(8, Math.min(box.left, innerWidth - 328)), top: box.bottom + 6 });
  };
  const hide = () => setSpot(null);
  return (
    <span
      ref={anchor}
      className={`inline-flex min-w-0 ${className}`}
      aria-describedby={spot ? id : undefined}
      onPointerEnter={show}
      onPointerLeave={hide}
      onFocus={show}
      onBlur={hide}
      onKeyDown={(event) => event.key === "Escape" && hide()}
    >
      {children}
      {spot &&
        createPortal(
          <span
            role="tooltip"
            id={id}
            style={{ left: spot.left, top: spot.top }}
            className="pointer-events-none fixed z-50 max-w-80 rounded border border-line-strong bg-raised-3 px-2 py-1 text-sm whitespace-pre-line text-text-1 shadow-float"
          >
            {text}
          </span>,
          document.body,
        )}
    </span>
  );
}
