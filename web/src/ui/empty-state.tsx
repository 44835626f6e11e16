import type { ReactNode } from "react";
import { ToneMark, type ToneName } from "./tone-mark";

interface EmptyStateProps {
  tone?: ToneName;
  /** What came back, in one sentence. */
  title: string;
  /** What was asked, of whom, and what to do. */
  children?: ReactNode;
  actions?: ReactNode;
}

export function EmptyState({ tone = "neutral", title, children, actions }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-lg flex-col gap-2 px-6 py-16">
      <h2 className="flex items-center gap-2 text-lg font-medium">
        <ToneMark tone={tone} /> {title}
      </h2>
      {children && <div className="text-md text-text-2">{children}</div>}
      {actions && <div className="mt-2 flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
