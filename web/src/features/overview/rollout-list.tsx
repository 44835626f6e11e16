import type { Rollout } from "@/api/contract";
import { ClusterText } from "@/components/cluster-text";
import { ObjectLink } from "@/components/object-link";
import { Age } from "@/ui/age";
import { Bar } from "@/ui/bar";
import { TONE_WORD, ToneMark } from "@/ui/tone-mark";

const BAR = {
  ok: "ok",
  notice: "accent",
  warning: "warning",
  danger: "danger",
  unknown: "neutral",
  neutral: "neutral",
} as const;

/** Rollouts under way or stuck: updated of desired, ready as a tick. */
export function RolloutList({ rollouts, partial }: { rollouts: readonly Rollout[]; partial: boolean }) {
  if (rollouts.length === 0)
    return <p className="text-text-3">No rollout is under way{partial && " in what you may see"}.</p>;
  return (
    <ul>
      {rollouts.map(({ object, tone, sentence, desired, updated, ready, since }) => (
        <li
          key={`${object.kind} ${object.namespace ?? ""} ${object.name}`}
          className="grid min-h-8 grid-cols-[16px_minmax(0,1fr)_auto] items-baseline gap-x-2 border-b border-line py-1.5"
        >
          <ToneMark tone={tone} label={TONE_WORD[tone] || "note"} />
          <div className="flex min-w-0 flex-wrap items-center gap-x-3">
            <ObjectLink object={object} namespace />
            <ClusterText text={sentence} />
            <Bar
              total={desired}
              used={updated}
              mark={ready}
              tone={BAR[tone]}
              label={`${updated} of ${desired} updated, ${ready} ready`}
              className="h-1.5 w-28"
            />
          </div>
          {since && <Age at={since} className="mono text-text-2" />}
        </li>
      ))}
    </ul>
  );
}
