import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

interface DisclosureProps {
  summary: ReactNode;
  children: ReactNode;
  open?: boolean;
  className?: string;
}

/** Something that opens in place: the browser's own disclosure, with our mark. */
export function Disclosure({ summary, children, open = false, className = "" }: DisclosureProps) {
  return (
    <details open={open} className={className}>
      <summary className="flex min-w-0 cursor-default list-none items-start gap-1 rounded text-text-2 hover:text-text-1">
        <ChevronRight
          size={14}
          className="mt-[3px] shrink-0 text-text-3 [[open]>summary>&]:rotate-90"
          aria-hidden
        />
        {summary}
      </summary>
      {children}
    </details>
  );
}
