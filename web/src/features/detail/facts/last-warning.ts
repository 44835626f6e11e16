import { newestFirst } from "./event-groups";
import type { Subject } from "./model";

/** What went wrong last, in the words of the controller that tried; undefined when nothing was told. */
export function lastWarning({ events = [] }: Subject): string | undefined {
  return newestFirst(events.filter((event) => event.type === "Warning"))[0]?.message;
}
