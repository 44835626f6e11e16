import { ExternalLink as Icon } from "lucide-react";
import type { ReactNode } from "react";

/** A way out of the console. Nothing but https leads out; anything else stays text. */
export function ExternalLink({
  href,
  children,
  className = "link",
}: {
  href: string;
  children: ReactNode;
  className?: string;
}) {
  if (!href.startsWith("https://")) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer" className={`inline-flex items-center gap-1 ${className}`}>
      {children}
      <Icon size={12} aria-hidden />
      <span className="sr-only">(opens AWS)</span>
    </a>
  );
}
