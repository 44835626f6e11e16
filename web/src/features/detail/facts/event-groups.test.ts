import { describe, expect, it } from "vitest";
import type { EventItem } from "@/api/contract";
import { groupEvents, newestFirst } from "./event-groups";

const NOW = 1_000_000;
const event = (reason: string, seconds: number): EventItem => ({
  type: "Normal",
  reason,
  message: "",
  count: 1,
  object: { cluster: "c", kind: "pods", name: "p" },
  lastSeen: new Date((NOW - seconds) * 1000).toISOString(),
});

describe("events by time", () => {
  it("groups them by age and leaves empty spans out", () => {
    const groups = groupEvents(
      [event("old", 200_000), event("now", 5), event("soon", 500), event("day", 7200)],
      NOW,
    );
    expect(groups.map(({ title, events }) => [title, events.map((each) => each.reason)])).toEqual([
      ["Last 10 minutes", ["now", "soon"]],
      ["Last day", ["day"]],
      ["Earlier", ["old"]],
    ]);
  });
  it("keeps one without any time, as the oldest", () => {
    const bare: EventItem = { ...event("bare", 0), lastSeen: null };
    expect(newestFirst([bare, event("x", 10)]).map((each) => each.reason)).toEqual(["x", "bare"]);
  });
});
