import type { MouseEvent, ReactNode } from "react";
import { cx } from "@/lib/class-names";

interface ChipProps {
  children: ReactNode;
  /** Every chip that filters is a link. */
  href: string;
  active?: boolean;
  onClick?: (event: MouseEvent<HTMLAnchorElement>) => void;
}

export function Chip({ children, href, active = false, onClick }: ChipProps) {
  return (
    <a
      href={href}
      onClick={onClick}
      aria-current={active || undefined}
      className={cx(
        "inline-flex h-(--control) shrink-0 items-center gap-1.5 rounded border px-2 text-sm whitespace-nowrap text-text-1 select-none",
        active ? "border-transparent bg-accent-soft" : "border-line-strong hover:bg-raised-2",
      )}
    >
      {children}
    </a>
  );
}

/** A small word that is not a link: `privilege escalation`, `production`. */
export function Tag({
  children,
  tone = "neutral",
}: {
  children: ReactNode;
  tone?: "neutral" | "danger" | "warning" | "notice";
}) {
  const look = {
    neutral: "bg-raised-2 text-text-2",
    danger: "bg-danger-soft text-danger",
    warning: "bg-warning-soft text-warning",
    notice: "bg-notice-soft text-notice",
  }[tone];
  return (
    <span className={`inline-flex h-[18px] items-center rounded-sm px-1.5 text-xs font-medium ${look}`}>
      {children}
    </span>
  );
}
