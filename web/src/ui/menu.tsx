import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Button } from "./button";

export interface MenuItem {
  id: string;
  label: ReactNode;
  note?: string;
  /** A second line. */
  about?: string;
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
  children: (close: () => void) => ReactNode;
  className?: string;
}

/** A button with something floating under it, which closes on Escape and on a click elsewhere. */
export function Popover({
  button,
  label,
  icon,
  look = "plain",
  align = "left",
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
          className={`absolute top-full z-40 mt-1 max-h-[70vh] min-w-44 overflow-auto rounded-lg border border-line-strong bg-raised-1 shadow-float ${align === "right" ? "right-0" : "left-0"}`}
        >
          {children(close)}
        </div>
      )}
    </div>
  );
}

function moveFocus(event: KeyboardEvent<HTMLDivElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + step + items.length) % items.length]?.focus();
}

interface MenuListProps {
  items: MenuItem[];
  close: () => void;
}

export function MenuList({ items, close }: MenuListProps) {
  return (
    <div role="menu" className="p-1" onKeyDown={moveFocus}>
      {items.map((item, at) => (
        <button
          key={item.id}
          type="button"
          role="menuitem"
          autoFocus={at === 0}
          aria-disabled={Boolean(item.disabledReason) || undefined}
          title={item.disabledReason ?? undefined}
          onClick={() => {
            if (item.disabledReason) return;
            close();
            item.onSelect();
          }}
          className={`flex w-full items-baseline justify-between gap-6 rounded px-2 py-1 text-left hover:bg-raised-2 focus-visible:bg-raised-2 ${item.disabledReason ? "text-text-3" : ""}`}
        >
          <span>
            {item.label}
            {item.about && <span className="label block">{item.about}</span>}
          </span>
          {item.note && <span className="text-sm text-text-3">{item.note}</span>}
        </button>
      ))}
    </div>
  );
}

export function Menu({ items, ...popover }: { items: MenuItem[] } & Omit<PopoverProps, "children">) {
  return <Popover {...popover}>{(close) => <MenuList items={items} close={close} />}</Popover>;
}
