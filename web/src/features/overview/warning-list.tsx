import type { EventItem } from "@/api/contract";
import { ClusterText } from "@/components/cluster-text";
import { ObjectLink } from "@/components/object-link";
import { Age } from "@/ui/age";

/** Recent warnings, newest first: when, what, about which object. */
export function WarningList({ warnings, partial }: { warnings: readonly EventItem[]; partial: boolean }) {
  if (warnings.length === 0)
    return <p className="text-text-3">No warning lately{partial && " in what you may see"}.</p>;
  return (
    <ul>
      {warnings.map((event, at) => (
        <li
          key={`${event.object.kind} ${event.object.name} ${event.reason} ${at}`}
          className="grid min-h-8 grid-cols-[48px_minmax(0,1fr)] items-baseline gap-x-2 border-b border-line py-1.5"
        >
          <Age at={event.lastSeen} className="mono text-text-3" />
          <div className="flex min-w-0 flex-wrap items-baseline gap-x-3">
            <span className="mono text-warning">{event.reason}</span>
            <ObjectLink object={event.object} namespace />
            <span className="min-w-0 break-words text-text-2">
              <ClusterText text={event.message} />
            </span>
            {event.count > 1 && <span className="mono text-text-3">{event.count}×</span>}
          </div>
        </li>
      ))}
    </ul>
  );
}
