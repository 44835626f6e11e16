import type { EventItem } from "@/api/contract";
import { epochSeconds } from "@/lib/age";

export const lastSeen = (event: EventItem): number =>
  epochSeconds(event.lastSeen) ?? epochSeconds(event.firstSeen) ?? 0;
export const firstSeen = (event: EventItem): number => epochSeconds(event.firstSeen) ?? lastSeen(event);

export const newestFirst = (events: EventItem[]): EventItem[] =>
  [...events].sort((a, b) => lastSeen(b) - lastSeen(a));

export interface EventGroup {
  title: string;
  events: EventItem[];
}

const SPANS: [title: string, seconds: number][] = [
  ["Last 10 minutes", 600],
  ["Last hour", 3_600],
  ["Last day", 86_400],
  ["Earlier", Infinity],
];

/** By how long ago they were last seen, newest first; spans with nothing in them are left out. */
export function groupEvents(events: EventItem[], nowSeconds: number): EventGroup[] {
  const groups = SPANS.map(([title]): EventGroup => ({ title, events: [] }));
  for (const event of newestFirst(events)) {
    const age = nowSeconds - lastSeen(event);
    groups[SPANS.findIndex(([, seconds]) => age <= seconds)]?.events.push(event);
  }
  return groups.filter((group) => group.events.length > 0);
}
