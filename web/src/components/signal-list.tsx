import type { Signal } from "@/api/contract";
import { cx } from "@/lib/class-names";
import { plural } from "@/lib/quantity";
import { Age } from "@/ui/age";
import { ToneMark, TONE_WORD } from "@/ui/tone-mark";
import { ClusterText } from "./cluster-text";
import { ObjectLink } from "./object-link";

interface SignalListProps {
  signals: readonly Signal[];
  /** All there are; the list itself is cut after sorting. */
  total: number;
  /** Say which cluster each is about. */
  fleet?: boolean;
  /** Part of what could tell may not be seen, or has not come: none is not nothing. */
  partial?: boolean;
}

function SignalRow({ signal, fleet }: { signal: Signal; fleet: boolean }) {
  const { tone, cluster, object, sentence, hint, count, since } = signal;
  return (
    <li
      className={cx(
        "grid min-h-8 items-baseline gap-x-2 border-b border-line py-1.5",
        fleet
          ? "grid-cols-[16px_minmax(0,1fr)_auto] md:grid-cols-[16px_96px_minmax(0,1fr)_auto]"
          : "grid-cols-[16px_minmax(0,1fr)_auto]",
      )}
    >
      <ToneMark tone={tone} label={TONE_WORD[tone] || "note"} />
      {fleet && <span className="truncate text-text-2 max-md:hidden">{cluster}</span>}
      <div className="min-w-0 [overflow-wrap:anywhere]">
        {fleet && <span className="mr-2 text-text-2 md:hidden">{cluster}</span>}
        <ObjectLink object={object} namespace className="whitespace-normal!" />{" "}
        <ClusterText text={sentence} />
        <span className="text-text-3">
          {count > 1 && !sentence.includes(String(count)) && ` · ${plural(count, "object")}`}
          {hint && (
            <>
              {" · "}
              <ClusterText text={hint} />
            </>
          )}
        </span>
      </div>
      {since && <Age at={since} className="mono text-text-2" />}
    </li>
  );
}

/** What needs somebody, worst first: what, why, since when, each linked to its object. */
export function SignalList({ signals, total, fleet = false, partial = false }: SignalListProps) {
  if (signals.length === 0)
    return (
      <p className="text-text-3">
        {partial ? "Nothing in what you may see; the rest is not known." : "Nothing that needs you."}
      </p>
    );
  return (
    <>
      <ul>
        {signals.map((signal) => (
          <SignalRow
            key={`${signal.cluster} ${signal.code} ${signal.object.kind} ${signal.object.namespace ?? ""} ${signal.object.name}`}
            signal={signal}
            fleet={fleet}
          />
        ))}
      </ul>
      {total > signals.length && (
        <p className="label mt-1">
          the worst {signals.length} of {total}
        </p>
      )}
    </>
  );
}
