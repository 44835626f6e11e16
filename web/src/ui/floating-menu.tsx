import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { createPortal } from "react-dom";

interface FloatingMenuProps {
  label: string;
  /** Pixels of the window; the menu moves in where it would stick out. */
  at: { x: number; y: number };
  onClose: () => void;
  children: ReactNode;
}

const MARGIN = 8;

/** A menu where the pointer is. Escape, Tab, a click elsewhere or a scroll closes it; the focus goes back. */
export function FloatingMenu({ label, at, onClose, children }: FloatingMenuProps) {
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<Element | null>(null);
  const [spot, setSpot] = useState({ left: at.x, top: at.y });
  useLayoutEffect(() => {
    const box = root.current?.getBoundingClientRect();
    if (!box) return;
    setSpot({
      left: Math.max(MARGIN, Math.min(at.x, innerWidth - box.width - MARGIN)),
      top: Math.max(MARGIN, Math.min(at.y, innerHeight - box.height - MARGIN)),
    });
  }, [at.x, at.y]);
  useLayoutEffect(() => {
    const element = root.current;
    if (!element?.contains(document.activeElement)) opener.current = document.activeElement;
    element?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
    return () => {
      const before = opener.current;
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  const latest = useRef(onClose);
  useEffect(() => {
    latest.current = onClose;
  });
  useEffect(() => {
    const outside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) latest.current();
    };
    const away = () => latest.current();
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("scroll", outside, true);
    addEventListener("blur", away);
    addEventListener("resize", away);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("scroll", outside, true);
      removeEventListener("blur", away);
      removeEventListener("resize", away);
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    // The keys of the page behind it mean nothing here.
    event.stopPropagation();
    if (event.key !== "Escape" && event.key !== "Tab") return;
    event.preventDefault();
    onClose();
  };
  return createPortal(
    <div
      ref={root}
      aria-label={label}
      role="group"
      style={spot}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => event.preventDefault()}
      className="fixed z-40 max-h-[calc(100dvh-16px)] min-w-52 overflow-auto rounded-lg border border-line-strong bg-raised-1 shadow-float"
    >
      {children}
    </div>,
    // Within the landmark of what it acts on.
    document.querySelector("main") ?? document.body,
  );
}
