import { useMemo } from "react";
import type { Check, FindingList } from "@/api/aws-contract";
import { FindingCard } from "@/components/aws/finding-card";
import { severityRank } from "@/components/aws/words";
import { Link } from "@/components/link";
import { cx } from "@/lib/class-names";
import { formatCount } from "@/lib/quantity";
import { ToneMark, type ToneName } from "@/ui/tone-mark";
import { bySeverity, matches } from "./access-words";

/** What was found first, then what is not known; what is clear last. */
const ORDER: Record<Check["state"], number> = { found: 0, unknown: 1, clear: 2 };

const TONE: Record<Check["state"], ToneName> = { found: "danger", clear: "ok", unknown: "unknown" };

function CheckRow({ check, active, href }: { check: Check; active: boolean; href: string }) {
  const { title, state, count, why } = check;
  return (
    <li>
      <Link
        href={href}
        aria-current={active || undefined}
        title={why ?? undefined}
        className={cx(
          "flex items-baseline gap-2 rounded px-2 py-1",
          active ? "bg-accent-soft" : "hover:bg-raised-2",
        )}
      >
        <span className="relative top-px">
          <ToneMark tone={TONE[state]} />
        </span>
        <span className={cx("min-w-0 flex-1", state !== "found" && "text-text-2")}>
          {title}
          {state === "unknown" && why && <span className="line-clamp-3 text-sm text-text-3">{why}</span>}
        </span>
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
  find?: string;
  hrefOf: (only: string) => string;
  /** Say in which cluster. */
  place?: boolean;
}

/** Every check with what came of it, and what was found, the worst first. */
export function FindingsView({ list, only, find = "", hrefOf, place = false }: FindingsViewProps) {
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
  const sorted = checked.toSorted((one, other) => ORDER[one.state] - ORDER[other.state]);
  const check = checked.find(({ id }) => id === only);
  return (
    <div className="grid gap-x-8 gap-y-4 @[900px]:grid-cols-[minmax(260px,320px)_minmax(0,1fr)]">
      <section aria-label="checks">
        <ul>
          {sorted.map((each) => (
            <CheckRow
              key={each.id}
              check={each}
              active={each.id === only}
              href={hrefOf(each.id === only ? "" : each.id)}
            />
          ))}
        </ul>
      </section>
      <section aria-label="findings" className="min-w-0">
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
            {checked.length === 0
              ? "The checks have not been made yet: what is missing stands below."
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
