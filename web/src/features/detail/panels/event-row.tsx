import type { EventItem } from "@/api/contract";
import { ClusterText } from "@/components/cluster-text";
import { ObjectLink } from "@/components/object-link";
import { formatAbsolute } from "@/lib/age";
import { formatCount } from "@/lib/quantity";
import { Age } from "@/ui/age";
import { ToneMark } from "@/ui/tone-mark";

/** Age, reason, message; where it comes from and how often below it. `about`: which object, when it is another one. */
export function EventRow({
  event,
  source = false,
  about = false,
}: {
  event: EventItem;
  source?: boolean;
  about?: boolean;
}) {
  const warning = event.type === "Warning";
  return (
    <li className="grid grid-cols-[44px_minmax(0,1fr)] gap-x-2 border-b border-line py-1 last:border-b-0">
      <Age at={event.lastSeen ?? event.firstSeen} className="mono pt-px text-text-3" />
      <div className="min-w-0">
        <div className="flex items-center gap-1.5">
          <ToneMark tone={warning ? "warning" : "neutral"} label={event.type} />
          <span className={`mono font-medium ${warning ? "text-warning" : ""}`}>
            <ClusterText text={event.reason} />
          </span>
          {event.count > 1 && (
            <span className="mono text-text-3" title={`first seen ${formatAbsolute(event.firstSeen)}`}>
              {formatCount(event.count)}×
            </span>
          )}
          {source && event.source && (
            <span className="ml-auto truncate text-sm text-text-3">
              <ClusterText text={event.source} />
            </span>
          )}
        </div>
        <p className="[overflow-wrap:anywhere] text-text-2">
          <ClusterText text={event.message} />
        </p>
        {about && <ObjectLink object={event.object} className="text-text-3" />}
      </div>
    </li>
  );
}
