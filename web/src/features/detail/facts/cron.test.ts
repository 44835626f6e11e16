import { describe, expect, it } from "vitest";
import { nextRun, scheduleWords } from "./cron";

describe("cron schedules", () => {
  it.each([
    ["* * * * *", "every minute"],
    ["*/5 * * * *", "every 5 minutes"],
    ["0 * * * *", "every hour"],
    ["15 * * * *", "every hour at minute 15"],
    ["30 2 * * *", "every day at 02:30"],
    ["0 9,17 * * 1-5", "at 09:00 and 17:00 on weekdays"],
    ["0 4 * * sun", "at 04:00 on Sunday"],
    ["0 4 * * 7", "at 04:00 on Sunday"],
    ["0 0 1 * *", "at 00:00 on day 1 of the month"],
    ["0 0 13 * 5", "at 00:00 on day 13 of the month or on Friday"],
    ["0 */6 * * *", "every 6 hours at minute 0"],
    ["0 3 1 jan,jul *", "at 03:00 on day 1 of the month in January and July"],
    ["*/30 8-18 * * 1-5", "every 30 minutes from 08:00 to 18:59 on weekdays"],
    ["*/10 1,3,5 * * *", "every 10 minutes of hours 1, 3 and 5"],
    ["@daily", "every day at 00:00"],
    ["@every 90m", "every 90m"],
  ])("%s is %s", (schedule, words) => expect(scheduleWords(schedule)).toBe(words));

  it.each(["", "* * * *", "61 * * * *", "* * * * 8", "*/0 * * * *", "5-1 * * * *", "a * * * *"])(
    "%j is refused",
    (schedule) => {
      expect(scheduleWords(schedule)).toBeNull();
      expect(nextRun(schedule, 0)).toBeNull();
    },
  );

  const at = (text: string) => Date.parse(text) / 1000;
  const next = (schedule: string, from: string, zone?: string) => {
    const run = nextRun(schedule, at(from), zone);
    return run === null ? null : new Date(run * 1000).toISOString();
  };

  it("finds the next run strictly after now", () => {
    expect(next("30 2 * * *", "2026-11-24T02:30:00Z")).toBe("2026-11-25T02:30:00.000Z");
    expect(next("*/15 * * * *", "2026-11-24T12:07:31Z")).toBe("2026-11-24T12:15:00.000Z");
    expect(next("0 0 29 2 *", "2026-11-24T00:00:00Z")).toBe("2028-02-29T00:00:00.000Z");
    expect(next("0 0 31 2 *", "2026-11-24T00:00:00Z")).toBeNull();
  });
  it("runs when either the day or the weekday matches, as cron does", () => {
    expect(next("0 0 13 * 5", "2026-11-24T00:00:00Z")).toBe("2026-11-27T00:00:00.000Z");
  });
  it("reads the schedule in its time zone", () => {
    expect(next("30 2 * * *", "2026-11-24T12:00:00Z", "Europe/Berlin")).toBe("2026-11-25T01:30:00.000Z");
    expect(next("30 2 * * *", "2026-11-24T12:00:00Z", "Nowhere/Never")).toBeNull();
  });
});
