import { Download } from "lucide-react";
import type { AwsAccess } from "@/api/aws-contract";
import { policyHref } from "@/api/aws-queries";
import { Link } from "@/components/link";
import type { AwsTabState } from "@/lib/aws-place";
import { cx } from "@/lib/class-names";
import { formatCount } from "@/lib/quantity";
import { CopyButton } from "@/ui/copy-button";
import { SHOWS, type Tally } from "./grants";

interface ToolbarProps {
  access: AwsAccess;
  state: AwsTabState;
  counts: Tally;
  /** Some services are cut: a count is a lower bound. */
  partial: boolean;
  hrefOf: (change: Partial<AwsTabState>) => string;
  onFind: (find: string) => void;
}

const CHIP =
  "inline-flex h-(--control) shrink-0 items-center gap-1.5 rounded border px-2 text-sm whitespace-nowrap select-none";

export function Toolbar({ access, state, counts, partial, hrefOf, onFind }: ToolbarProps) {
  const { subject, links } = access;
  return (
    <div role="toolbar" aria-label="permissions" className="mt-5 mb-2 flex flex-wrap items-center gap-2">
      <input
        type="search"
        value={state.find}
        onChange={(event) => onFind(event.target.value)}
        placeholder="Filter: s3 delete, secret, bucket"
        aria-label="filter permissions"
        spellCheck={false}
        className="h-(--control) w-56 min-w-0 rounded border border-line-strong bg-bg px-2 max-md:w-full"
      />
      {SHOWS.map((show) => (
        <Link
          key={show}
          href={hrefOf({ show: state.show === show ? "" : show })}
          aria-current={state.show === show || undefined}
          className={cx(
            CHIP,
            state.show === show
              ? "border-transparent bg-accent-soft"
              : "border-line-strong hover:bg-raised-2",
          )}
        >
          {show}
          <strong className="font-semibold">
            {partial && counts[show] > 0 && "≥ "}
            {formatCount(counts[show])}
          </strong>
        </Link>
      ))}
      <span className="flex-1" />
      <a href={policyHref(subject)} download className={cx(CHIP, "border-line-strong hover:bg-raised-2")}>
        <Download size={14} aria-hidden /> Download as policy
      </a>
      {links.cli.length > 0 && (
        <CopyButton text={links.cli.join("\n")} label="Copy as AWS CLI">
          Copy as AWS CLI
        </CopyButton>
      )}
    </div>
  );
}
