import { Download } from "lucide-react";
import type { AwsAccess } from "@/api/aws-contract";
import { policyHref } from "@/api/aws-queries";
import { LinkChip } from "@/components/link-chip";
import type { AwsTabState } from "@/lib/aws-place";
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
      {SHOWS.filter((show) => counts[show] > 0 || state.show === show).map((show) => (
        <LinkChip
          key={show}
          href={hrefOf({ show: state.show === show ? "" : show })}
          active={state.show === show}
          count={counts[show]}
          sign={partial && counts[show] > 0 ? "≥ " : ""}
          title={show === "sensitive" ? "rows that have a part in a sensitive permission" : undefined}
        >
          {show}
        </LinkChip>
      ))}
      <span className="flex-1" />
      <a
        href={policyHref(subject)}
        download
        className="inline-flex h-(--control) shrink-0 items-center gap-1.5 rounded border border-line-strong px-2 text-sm whitespace-nowrap select-none hover:bg-raised-2"
      >
        <Download size={14} aria-hidden /> download as policy
      </a>
      {links.cli.length > 0 && (
        <CopyButton text={links.cli.join("\n")} label="copy as AWS CLI">
          copy as AWS CLI
        </CopyButton>
      )}
    </div>
  );
}
