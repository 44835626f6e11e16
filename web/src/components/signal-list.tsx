import type { Signal } from "@/api/contract";
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
}

function SignalRow({ signal, fleet }: { signal: Signal; fleet: boolean }) {
  const { tone, cluster, object, sentence, hint, count, since } = signal;
  return (
    <li className="grid min-h-8 grid-cols-[16px_minmax(0,1fr)_auto] items-baseline gap-x-2 border-b border-line py-1.5">
      <ToneMark tone={tone} label={TONE_WORD[tone] || "note"} />
      <div className="flex min-w-0 flex-wrap items-baseline gap-x-2">
        {fleet && <span className="w-24 shrink-0 truncate text-text-2">{cluster}</span>}
        <ObjectLink object={object} namespace className="max-w-full" />
        <span>
          <ClusterText text={sentence} />
        </span>
        {count > 1 && <span className="text-text-3">· {plural(count, "object")}</span>}
        {hint && (
          <span className="text-text-3">
            · <ClusterText text={hint} />
          </span>
        )}
      </div>
      {since && <Age at={since} className="mono text-text-2" />}
    </li>
  );
}

/** What needs somebody, worst first: what, why, since when, each linked to its object. */
export function SignalList({ signals, total, fleet = false }: SignalListProps) {
  if (signals.length === 0) return <p className="text-text-3">Nothing that needs you.</p>;
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
