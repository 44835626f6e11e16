import { useObjectEvents } from "@/api/queries";
import { ErrorNotice } from "@/components/error-notice";
import { Gaps } from "@/components/gaps";
import { epochSeconds, formatAbsolute } from "@/lib/age";
import { nowSeconds } from "@/lib/clock";
import { Section } from "@/ui/definition-rows";
import { SkeletonLines } from "@/ui/skeleton";
import { useSettings } from "@/ui/use-settings";
import { useDetail } from "../detail-context";
import { firstSeen, groupEvents } from "../facts/event-groups";
import { EventRow } from "./event-row";
import { EventStrip } from "./event-strip";

export function EventsPanel() {
  const { ref, gone } = useDetail();
  const { times } = useSettings();
  const { data, error, refetch } = useObjectEvents(ref, !gone);
  if (!data)
    return error ? (
      <ErrorNotice error={error} what="events" onRetry={() => void refetch()} />
    ) : (
      <SkeletonLines />
    );
  const { events, historyStart } = data.data;
  const now = Math.max(nowSeconds(), epochSeconds(data.asOf) ?? 0);
  const start = epochSeconds(historyStart);
  const dated = events.filter((event) => firstSeen(event) > 0);
  const oldest = Math.min(...dated.map(firstSeen), now - 60);
  return (
    <>
      {dated.length > 0 && <EventStrip events={dated} from={oldest} now={now} />}
      {groupEvents(events, now).map((group) => (
        <Section key={group.title} title={group.title}>
          <ul>
            {group.events.map((event, at) => (
              <EventRow
                key={`${event.reason} ${event.firstSeen ?? ""} ${at}`}
                event={event}
                source
                about={event.object.kind !== ref.kind || event.object.name !== ref.name}
              />
            ))}
          </ul>
        </Section>
      ))}
      {events.length === 0 && <p className="text-text-2">No events about this object.</p>}
      <p className="mt-3 text-sm text-text-3">
        {start === null
          ? "Only what the API server still holds: about an hour."
          : `History starts at ${formatAbsolute(start, times === "utc")}: earlier events are not known.`}
      </p>
      <Gaps gaps={data.gaps} className="mt-3" />
    </>
  );
}
