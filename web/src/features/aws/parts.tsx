import type { RefObject } from "react";
import type { Finding, IdentitySource, RoleState } from "@/api/aws-contract";
import { SeverityMark, SEVERITY_TEXT } from "@/components/aws/severity-mark";
import { accountWords, SOURCE_WORDS, worstOf } from "@/components/aws/words";
import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { arnAccount, arnName } from "@/lib/arn";
import { accessHref } from "@/lib/aws-place";
import { cx } from "@/lib/class-names";
import { plural } from "@/lib/quantity";
import { ToneMark } from "@/ui/tone-mark";

const ROLE_STATE: Record<RoleState, string> = {
  found: "",
  missing: "no such role",
  unread: "not read",
  notARole: "not a role",
};

/** What is known of a role, where it is not simply there. */
export function RoleStateMark({ state }: { state: RoleState }) {
  if (state === "found") return null;
  const tone = state === "missing" ? "danger" : "unknown";
  return (
    <span
      className={`inline-flex items-center gap-1.5 text-sm whitespace-nowrap ${state === "missing" ? "text-danger" : "text-text-3"}`}
    >
      <ToneMark tone={tone} /> {ROLE_STATE[state]}
    </span>
  );
}

interface RoleNameProps {
  arn: string;
  cluster: string;
  state?: RoleState;
  /** Say the account: it is not the cluster's. */
  account?: boolean;
}

/** A role by its name, as a link to what else has it. */
export function RoleName({ arn, cluster, state = "found", account = false }: RoleNameProps) {
  return (
    <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
      <Link
        href={accessHref(cluster, { tab: "roles", open: arn })}
        title={arn}
        className={cx("mono min-w-0 truncate hover:underline", state === "missing" && "line-through")}
      >
        <ClusterText text={arnName(arn)} />
      </Link>
      {account && <span className="text-sm text-text-3">{accountWords(arnAccount(arn))}</span>}
      <RoleStateMark state={state} />
    </span>
  );
}

interface RowNameProps {
  href: string;
  arn: string;
  name: string;
  account: string | null | undefined;
  /** The cluster's own account. */
  own: string | undefined;
  state: RoleState;
}

/** What a row is about, as a link to its pane; in which account only where that is not the cluster's. */
export function RowName({ href, arn, name, account, own, state }: RowNameProps) {
  return (
    <>
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
        <Link href={href} title={arn} className="mono min-w-0 truncate font-medium hover:underline">
          <ClusterText text={name} />
        </Link>
        <RoleStateMark state={state} />
      </span>
      {account !== own && <span className="label block">{accountWords(account)}</span>}
    </>
  );
}

export function SourceWords({ source, shadowed }: { source: IdentitySource; shadowed?: boolean }) {
  return (
    <span className={source === "none" ? "text-text-3" : ""}>
      {SOURCE_WORDS[source]}
      {shadowed && (
        <span
          className="block text-sm text-warning"
          title="Pod Identity wins: the annotation's role is never used"
        >
          annotation shadowed
        </span>
      )}
    </span>
  );
}

interface FindingCountProps {
  /** The checks that name the row. */
  ids: readonly string[];
  /** What they found of it, as far as that has come. */
  findings: readonly Finding[];
  cluster: string;
}

/** How many findings a row has part in, by the worst of them; a link to them. */
export function FindingCount({ ids, findings, cluster }: FindingCountProps) {
  const [first] = ids;
  if (!first) return null;
  const worst = worstOf(findings);
  const [subject, ...more] = new Set(findings.map((finding) => finding.subject.name));
  return (
    <Link
      href={accessHref(cluster, {
        tab: "findings",
        only: ids.length === 1 ? first : "",
        find: more.length === 0 ? (subject ?? "") : "",
      })}
      title={findings.map(({ title }) => title).join("\n") || ids.join("\n")}
      className={cx(
        "inline-flex items-center gap-1.5 text-sm whitespace-nowrap hover:underline",
        worst ? SEVERITY_TEXT[worst] : "text-text-2",
      )}
    >
      {worst ? <SeverityMark severity={worst} word={false} /> : <ToneMark tone="warning" />}
      {plural(Math.max(findings.length, ids.length), "finding")}
    </Link>
  );
}

interface FindFieldProps {
  value: string;
  onChange: (find: string) => void;
  input: RefObject<HTMLInputElement | null>;
  placeholder: string;
}

export function FindField({ value, onChange, input, placeholder }: FindFieldProps) {
  return (
    <input
      ref={input}
      type="search"
      value={value}
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => event.key === "Escape" && value === "" && event.currentTarget.blur()}
      placeholder={placeholder}
      aria-label="filter"
      className="h-(--control) w-64 max-w-full min-w-0 rounded border border-line-strong bg-bg px-2 placeholder:text-text-3 @max-[560px]:w-full"
    />
  );
}
