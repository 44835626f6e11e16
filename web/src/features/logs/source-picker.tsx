import { Layers } from "lucide-react";
import { ClusterText } from "@/components/cluster-text";
import { Needs } from "@/components/gaps";
import { cx } from "@/lib/class-names";
import { Popover } from "@/ui/menu";
import { ToneMark, type ToneName } from "@/ui/tone-mark";
import type { LogPhase } from "@/api/logs-contract";
import { SERIES } from "./log-row";
import type { LogSnapshot, Source } from "./log-store";
import type { LogSourceId } from "./lines";

export const PHASE_TONE: Record<LogPhase, ToneName> = {
  connecting: "unknown",
  live: "ok",
  ended: "neutral",
  refused: "unknown",
  failed: "danger",
};

const PHASE_WORD: Record<LogPhase, string> = {
  connecting: "not open",
  live: "live",
  ended: "ended",
  refused: "refused",
  failed: "failed",
};

interface SourcePickerProps {
  snapshot: LogSnapshot;
  up: boolean;
  onHide: (hidden: ReadonlySet<LogSourceId>) => void;
  onContainers: (containers: string[]) => void;
}

function SourceEntry({
  source,
  hidden,
  onToggle,
  onOnly,
}: {
  source: Source;
  hidden: boolean;
  onToggle: () => void;
  onOnly: () => void;
}) {
  return (
    <li className="flex items-start gap-2 px-2 py-0.5 hover:bg-raised-2">
      <label className="flex min-w-0 flex-1 items-start gap-2">
        <input type="checkbox" checked={!hidden} onChange={onToggle} className="mt-1" />
        <span className={cx("mono w-[2ch] shrink-0 font-semibold", SERIES[source.colour])}>
          {source.letters}
        </span>
        <span className="min-w-0">
          <span className="mono block truncate">
            <ClusterText text={source.pod} />
            <span className="text-text-3"> {source.container}</span>
          </span>
          <span className="flex items-start gap-1.5 text-sm text-text-3">
            <ToneMark tone={PHASE_TONE[source.state]} className="mt-1" />
            <span className="[overflow-wrap:anywhere]">
              {PHASE_WORD[source.state]}
              {source.reason && (
                <>
                  : <ClusterText text={source.reason} />
                </>
              )}
              {source.needs && source.needs.length > 0 && (
                <>
                  {" "}
                  · needs <Needs needs={source.needs} />
                </>
              )}
            </span>
          </span>
        </span>
      </label>
      <button type="button" onClick={onOnly} className="label mt-0.5 hover:text-text-1 hover:underline">
        only
      </button>
    </li>
  );
}

/** Which containers are read, and of which pods lines are shown. */
export function SourcePicker({ snapshot, up, onHide, onContainers }: SourcePickerProps) {
  const { sources, hidden, containers, asked } = snapshot;
  const seen = sources.filter(({ id }) => !hidden.has(id)).length;
  const button = seen === sources.length ? `${seen}` : `${seen} of ${sources.length}`;
  const chosen = asked.containers.length > 0 ? asked.containers : containers;
  const toggle = (name: string) => {
    const next = chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name];
    onContainers(next.length === containers.length ? [] : next);
  };
  return (
    <Popover
      button={`${button} ${sources.length === 1 ? "container" : "containers"}`}
      icon={<Layers size={14} />}
      look="quiet"
      up={up}
    >
      {() => (
        <div className="w-[420px] max-w-[calc(100vw-16px)] py-1">
          {containers.length > 1 && (
            <fieldset className="border-b border-line px-2 pb-1.5">
              <legend className="label pt-1">Containers read</legend>
              <div className="flex flex-wrap gap-x-4 gap-y-1">
                {containers.map((name) => (
                  <label key={name} className="mono flex items-center gap-1.5">
                    <input
                      type="checkbox"
                      checked={chosen.includes(name)}
                      disabled={chosen.length === 1 && chosen[0] === name}
                      onChange={() => toggle(name)}
                    />
                    <ClusterText text={name} />
                  </label>
                ))}
              </div>
            </fieldset>
          )}
          <div className="flex items-center justify-between px-2 pt-1">
            <span className="label">Lines shown of</span>
            {hidden.size > 0 && (
              <button
                type="button"
                onClick={() => onHide(new Set())}
                className="label hover:text-text-1 hover:underline"
              >
                show all
              </button>
            )}
          </div>
          <ul className="max-h-64 overflow-auto">
            {sources.map((source) => (
              <SourceEntry
                key={source.id}
                source={source}
                hidden={hidden.has(source.id)}
                onToggle={() => {
                  const next = new Set(hidden);
                  if (!next.delete(source.id)) next.add(source.id);
                  onHide(next);
                }}
                onOnly={() => onHide(new Set(sources.map(({ id }) => id).filter((id) => id !== source.id)))}
              />
            ))}
          </ul>
          {sources.length === 0 && <p className="px-2 py-1 text-text-3">none yet</p>}
        </div>
      )}
    </Popover>
  );
}
