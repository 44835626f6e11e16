import type { ReactNode } from "react";
import { ToneMark } from "./tone-mark";

interface BannerProps {
  tone: "danger" | "warning";
  /** What is the matter, in a few words. */
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

const LOOK = { danger: "bg-danger-soft", warning: "bg-warning-soft" };
const WORD = { danger: "text-danger", warning: "text-warning" };

/** A line over the whole page, for what concerns everything on it. */
export function Banner({ tone, title, children, actions }: BannerProps) {
  return (
    <div
      role="alert"
      className={`flex min-h-9 shrink-0 items-center gap-x-3 gap-y-1 border-b border-line-strong px-4 py-1.5 max-md:flex-col max-md:items-start max-md:px-3 ${LOOK[tone]}`}
    >
      <span className={`flex items-center gap-2 font-medium ${WORD[tone]}`}>
        <ToneMark tone={tone} /> {title}
      </span>
      <span className="min-w-0 flex-1 text-text-1 [overflow-wrap:anywhere]">{children}</span>
      {actions}
    </div>
  );
}
