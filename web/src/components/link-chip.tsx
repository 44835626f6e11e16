import { cx } from "@/lib/class-names";
import { formatCount } from "@/lib/quantity";
import { Link } from "./link";

interface LinkChipProps {
  href: string;
  active: boolean;
  /** How many rows it would leave; with a sign where that is a bound. */
  count?: number;
  sign?: string;
  title?: string | undefined;
  children: string;
}

/** A chip that changes the address, and the page with it. */
export function LinkChip({ href, active, count, sign = "", title, children }: LinkChipProps) {
  return (
    <Link
      href={href}
      aria-current={active || undefined}
      title={title}
      className={cx(
        "inline-flex h-(--control) shrink-0 items-center gap-1.5 rounded border px-2 text-sm whitespace-nowrap select-none",
        active ? "border-transparent bg-accent-soft" : "border-line-strong hover:bg-raised-2",
      )}
    >
      {children}
      {count !== undefined && (
        <strong className="font-semibold">
          {sign}
          {formatCount(count)}
        </strong>
      )}
    </Link>
  );
}
