import type { State } from "@/api/contract";
import { formatPermission } from "@/lib/permission";
import { Age } from "@/ui/age";
import { ToneMark, type ToneName } from "@/ui/tone-mark";

const TONE: Record<State["phase"], ToneName> = {
  idle: "neutral",
  connecting: "unknown",
  live: "ok",
  stale: "warning",
  refused: "unknown",
  unreachable: "danger",
};

export const stateTone = (state: State): ToneName => TONE[state.phase];

/** Why a state is not live: the permission that is missing, or the server's reason. */
export function stateReason(state: State): string {
  const needs = (state.needs ?? []).map(formatPermission).join(", ");
  if (state.phase === "refused" && needs) return `needs ${needs}`;
  return state.reason ?? "";
}

/** live · stale since 4m · refused · unreachable, with the reason on hover. */
export function StateMark({ state, name }: { state: State; name?: string }) {
  const reason = stateReason(state);
  return (
    <span
      className="inline-flex items-center gap-1.5 text-sm whitespace-nowrap text-text-2"
      title={reason || undefined}
    >
      <ToneMark tone={stateTone(state)} />
      {name && <span>{name}</span>}
      {state.phase}
      {state.phase === "stale" && (
        <span>
          since <Age at={state.since} />
        </span>
      )}
    </span>
  );
}
