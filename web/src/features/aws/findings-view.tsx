import { Fragment, useMemo, useRef } from "react";
import type { Check, FindingList, Severity } from "@/api/aws-contract";
import { FindingCard } from "@/components/aws/finding-card";
import { SeverityMark } from "@/components/aws/severity-mark";
import { severityRank } from "@/components/aws/words";
import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { useShortcuts } from "@/components/shortcuts";
import { cx } from "@/lib/class-names";
import { formatCount, plural } from "@/lib/quantity";
import { ToneMark } from "@/ui/tone-mark";
import { bySeverity, matches } from "./access-words";
import { checkGroups } from "./check-groups";
import { FindField } from "./parts";

/** What a check came to, and how bad the worst of it is. */
function CheckMark({ check, worst }: { check: Check; worst: Severity | null }) {
  if (check.state !== "found") return <ToneMark tone={check.state === "clear" ? "ok" : "unknown"} />;
  return worst ? <SeverityMark severity={worst} word={false} /> : <ToneMark tone="warning" />;
}

interface CheckRowProps {
  check: Check;
  worst: Severity | null;
  active: boolean;
  href: string;
}

function CheckRow({ check, worst, active, href }: CheckRowProps) {
  const { title, state, count } = check;
  return (
    <li>
      <Link
        href={href}
        aria-current={active || undefined}
        className={cx(
          "flex items-baseline gap-2 rounded px-2 py-1",
          active ? "bg-accent-soft" : "hover:bg-raised-2",
        )}
      >
        <span className="relative top-px">
          <CheckMark {...{ check, worst }} />
        </span>
        <span className={cx("min-w-0 flex-1", state !== "found" && "text-text-2")}>{title}</span>
        <span className={cx("text-sm", state === "found" ? "text-text-1" : "text-text-3")}>
          {state === "found" ? formatCount(count) : state === "clear" ? "clear" : "not known"}
        </span>
      </Link>
    </li>
  );
}

interface FindingsViewProps {
  list: FindingList;
  /** The check that is looked at; empty for all. */
  only: string;
  find: string;
  onFind: (find: string) => void;
  hrefOf: (only: string) => string;
  /** Say in which cluster. */
  place?: boolean;
}

/** Every check with what came of it, and what was found, the worst first. */
export function FindingsView({ list, only, find, onFind, hrefOf, place = false }: FindingsViewProps) {
  const { findings, checked } = list;
  const shown = useMemo(
    () =>
      findings
        .filter(
          ({ id, title, subject, evidence, cluster }) =>
            (only === "" || id === only) &&
            matches(find, [title, subject.name, subject.namespace, subject.arn, cluster, ...evidence]),
        )
        .sort(bySeverity(({ severity }) => severityRank(severity))),
    [findings, only, find],
  );
  const filter = useRef<HTMLInputElement>(null);
  useShortcuts({ "/": () => (filter.current ? filter.current.focus() : false) });
  const check = checked.find(({ id }) => id === only);
  return (
    <div className="grid gap-x-8 gap-y-4 @[900px]:grid-cols-[minmax(260px,320px)_minmax(0,1fr)]">
      <section aria-label="checks">
        {checkGroups(list).map(({ why, checks }) => (
          <Fragment key={`${why ?? ""} ${checks[0]?.check.id ?? ""}`}>
            {why !== null && (
              <p className="line-clamp-4 px-2 pt-2 text-sm [overflow-wrap:anywhere] text-text-3" title={why}>
                Not known: <ClusterText text={why} />
              </p>
            )}
            <ul>
              {checks.map((each) => (
                <CheckRow
                  key={each.check.id}
                  {...each}
                  active={each.check.id === only}
                  href={hrefOf(each.check.id === only ? "" : each.check.id)}
                />
              ))}
            </ul>
          </Fragment>
        ))}
      </section>
      <section aria-label="findings" className="min-w-0">
        <div className="flex flex-wrap items-center gap-3 pb-1">
          <FindField
            value={find}
            onChange={onFind}
            input={filter}
            placeholder={place ? "Filter: cluster, role, workload" : "Filter: role, workload, words"}
          />
          <span className="label" aria-live="polite">
            {shown.length === findings.length
              ? plural(findings.length, "finding")
              : `${formatCount(shown.length)} of ${plural(findings.length, "finding")}`}
          </span>
        </div>
        {shown.map((finding) => (
          <FindingCard
            key={`${finding.cluster} ${finding.id} ${finding.subject.namespace ?? ""} ${finding.subject.name}`}
            finding={finding}
            place={place}
            top
          />
        ))}
        {shown.length === 0 && (
          <p className="py-3 text-text-2">
            {checked.length === 0 || (!check && checked.every(({ state }) => state === "unknown"))
              ? "No check could be made yet: what is missing stands below."
              : check?.state === "unknown"
                ? `Not known: ${check.why ?? "what this check rests on was not seen"}.`
                : check
                  ? "Nothing found by this check in what you may see."
                  : find
                    ? "No finding has these words."
                    : "No check found anything in what you may see."}
          </p>
        )}
      </section>
    </div>
  );
}
