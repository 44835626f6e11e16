import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Button } from "./button";
import { Kbd } from "./kbd";
import { Tooltip } from "./tooltip";

export interface MenuItem {
  id: string;
  label: ReactNode;
  note?: string;
  /** A second line. */
  about?: string;
  shortcut?: string | undefined;
  danger?: boolean | undefined;
  onSelect: () => void;
  disabledReason?: string | null;
}

interface PopoverProps {
  /** What the button says. */
  button: ReactNode;
  /** Only when the button itself does not say it in words. */
  label?: string;
  icon?: ReactNode;
  look?: "plain" | "quiet";
  align?: "left" | "right";
  /** Above the button, where there is no room below. */
  up?: boolean;
  children: (close: () => void) => ReactNode;
  className?: string;
}

const MARGIN = 8;

/** A button with something floating under it, which closes on Escape and on a click elsewhere. */
export function Popover({
  button,
  label,
  icon,
  look = "plain",
  align = "left",
  up = false,
  children,
  className = "",
}: PopoverProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, [open]);
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // Moved in where it would stick out: a button may stand anywhere on a narrow screen.
    const box = panel.current?.getBoundingClientRect();
    if (!box || !panel.current) return;
    const over = Math.max(0, box.right - (innerWidth - MARGIN)) - Math.max(0, MARGIN - box.left);
    if (over !== 0) panel.current.style.translate = `${-over}px`;
  }, [open]);
  const close = () => {
    setOpen(false);
    root.current?.querySelector("button")?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    close();
  };
  return (
    <div ref={root} className={`relative ${className}`} onKeyDown={onKeyDown}>
      <Button
        look={look}
        icon={icon}
        aria-label={label}
        aria-expanded={open}
        aria-haspopup="true"
        onClick={() => setOpen(!open)}
      >
        {button}
      </Button>
      {open && (
        <div
          ref={panel}
          className={`absolute z-40 max-h-[70vh] min-w-44 overflow-auto rounded-lg border border-line-strong bg-raised-1 shadow-float ${up ? "bottom-full mb-1" : "top-full mt-1"} ${align === "right" ? "right-0" : "left-0"}`}
        >
          {children(close)}
        </div>
      )}
    </div>
  );
}

function moveFocus(event: KeyboardEvent<HTMLDivElement>) {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items[(next + items.length) % items.length]?.focus();
}

interface MenuListProps {
  items: MenuItem[];
  close: () => void;
}

function MenuButton({ item, first, close }: { item: MenuItem; first: boolean; close: () => void }) {
  const off = Boolean(item.disabledReason);
  const look = off ? "text-text-3" : item.danger ? "text-danger" : "";
  const button = (
    <button
      type="button"
      role="menuitem"
      autoFocus={first}
      aria-disabled={off || undefined}
      aria-description={item.disabledReason ?? undefined}
      onClick={() => {
        if (off) return;
        close();
        item.onSelect();
      }}
      className={`flex w-full items-baseline justify-between gap-6 rounded px-2 py-1 text-left hover:bg-raised-2 focus-visible:bg-raised-2 ${look}`}
    >
      <span>
        {item.label}
        {item.about && <span className="label block">{item.about}</span>}
      </span>
      {item.note && <span className="text-sm text-text-3">{item.note}</span>}
      {item.shortcut && <Kbd>{item.shortcut}</Kbd>}
    </button>
  );
  return item.disabledReason ? (
    <Tooltip text={item.disabledReason} beside className="w-full">
      {button}
    </Tooltip>
  ) : (
    button
  );
}

export function MenuList({ items, close }: MenuListProps) {
  return (
    <div role="menu" className="p-1" onKeyDown={moveFocus}>
      {items.map((item, at) => (
        <MenuButton key={item.id} item={item} first={at === 0} close={close} />
      ))}
    </div>
  );
}

export function Menu({ items, ...popover }: { items: MenuItem[] } & Omit<PopoverProps, "children">) {
  return <Popover {...popover}>{(close) => <MenuList items={items} close={close} />}</Popover>;
}
