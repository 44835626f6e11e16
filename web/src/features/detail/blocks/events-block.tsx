import { useObjectEvents } from "@/api/queries";
import { asApiError } from "@/api/problem";
import { Age } from "@/ui/age";
import { Section } from "@/ui/definition-rows";
import { SkeletonLines } from "@/ui/skeleton";
import { useDetail } from "../detail-context";
import { EventRow } from "../panels/event-row";
import { newestFirst } from "../facts/event-groups";

const SHOWN = 4;

/** The last few events; the rest is a tab away. */
export function EventsBlock() {
  const { ref, onTab, gone } = useDetail();
  const events = useObjectEvents(ref, !gone);
  const list = newestFirst(events.data?.data.events ?? []);
  const all = list.length > SHOWN && (
    <button type="button" className="link" onClick={() => onTab("events")}>
      all {list.length}
    </button>
  );
  return (
    <Section title="Recent events" aside={all}>
      {!events.data && !events.error && <SkeletonLines count={2} />}
      {!events.data && events.error && (
        <p className="text-text-2">not seen: {asApiError(events.error).problem.detail}</p>
      )}
      {events.data && list.length === 0 && (
        <p className="text-text-2">
          none
          {events.data.data.historyStart && (
            <>
              {" since the history starts, "}
              <Age at={events.data.data.historyStart} /> ago
            </>
          )}
        </p>
      )}
      <ul>
        {list.slice(0, SHOWN).map((event, at) => (
          <EventRow key={`${event.reason} ${event.firstSeen ?? ""} ${at}`} event={event} />
        ))}
      </ul>
    </Section>
  );
}
