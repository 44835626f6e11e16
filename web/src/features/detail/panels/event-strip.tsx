import type { EventItem } from "@/api/contract";
import { formatAbsolute, formatDuration } from "@/lib/age";
import { firstSeen, lastSeen } from "../facts/event-groups";

interface EventStripProps {
  events: EventItem[];
  /** Epoch seconds of the left edge: nothing is known before it. */
  from: number;
  now: number;
}

/** When each event was first and last seen, on one line of time. The list below says the same in words. */
export function EventStrip({ events, from, now }: EventStripProps) {
  const width = Math.max(1, now - from);
  const at = (seconds: number) => Math.min(100, Math.max(0, ((seconds - from) / width) * 100));
  const lane = (warning: boolean) => (warning ? 7 : 17);
  return (
    <figure className="mb-3">
      <svg
        viewBox="0 0 100 24"
        preserveAspectRatio="none"
        className="h-8 w-full"
        role="img"
        aria-label={`${events.length} events over ${formatDuration(width)}`}
      >
        <rect y="23.4" width="100" height="0.6" className="fill-line-strong" />
        {events.map((event, index) => {
          const [left, right] = [at(firstSeen(event)), at(lastSeen(event))];
          const warning = event.type === "Warning";
          return (
            <g key={index} className={warning ? "fill-warning" : "fill-bar-fill"}>
              <title>{`${event.reason}, ${event.count} times, ${formatAbsolute(event.lastSeen ?? event.firstSeen)}`}</title>
              <rect
                x={left}
                y={lane(warning) - 0.8}
                width={Math.max(0, right - left)}
                height="1.6"
                opacity="0.5"
              />
              <rect x={Math.min(99.3, left)} y={lane(warning) - 4} width="0.5" height="8" />
              <rect x={Math.min(99.3, right)} y={lane(warning) - 4} width="0.7" height="8" />
            </g>
          );
        })}
      </svg>
      <figcaption className="label flex justify-between">
        <span>{formatDuration(width)} ago</span>
        <span>warnings above, normal below</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
