import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";

interface ToggleProps {
  pressed: boolean;
  onChange: (pressed: boolean) => void;
  icon?: ReactNode;
  /** What it does; said in words when there are no children. */
  label: string;
  shortcut?: string;
  children?: ReactNode;
}

/** A button that stays down. */
export function Toggle({ pressed, onChange, icon, label, shortcut, children }: ToggleProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      aria-label={children ? undefined : label}
      title={shortcut ? `${label} (${shortcut})` : label}
      onClick={() => onChange(!pressed)}
      className={cx(
        "inline-flex h-(--control) shrink-0 items-center gap-1.5 rounded border text-sm whitespace-nowrap select-none",
        children ? "px-2" : "w-(--control) justify-center",
        pressed
          ? "border-transparent bg-accent-soft text-text-1"
          : "border-transparent text-text-2 hover:bg-raised-2 hover:text-text-1",
      )}
    >
      {icon}
      {children}
    </button>
  );
}
