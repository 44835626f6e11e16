// Cron schedules in words, and when they run next. Five fields as Kubernetes reads them.

interface Field {
  values: Set<number>;
  any: boolean;
  /** The step, when the field is nothing but a star with a step. */
  step: number | null;
}

export interface Schedule {
  minute: Field;
  hour: Field;
  day: Field;
  month: Field;
  weekday: Field;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAY_NAMES = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTH_NAMES = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const MACROS: Record<string, string> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

function value(text: string, names: string[], base: number): number {
  const named = names.indexOf(text.toLowerCase());
  return named >= 0 ? named + base : /^\d+$/.test(text) ? Number(text) : NaN;
}

function field(text: string, low: number, high: number, names: string[] = []): Field | null {
  const values = new Set<number>();
  let step: number | null = null;
  for (const part of text.split(",")) {
    const [range = "", by] = part.split("/");
    const jump = by === undefined ? 1 : Number(by);
    if (!Number.isInteger(jump) || jump < 1) return null;
    const star = range === "*" || range === "?";
    const [from = "", to] = star ? [String(low), String(high)] : range.split("-");
    const first = value(from, names, low);
    const last = to === undefined ? (by === undefined ? first : high) : value(to, names, low);
    if (!(first >= low && last <= high && first <= last)) return null;
    if (star && by !== undefined && text === part) step = jump;
    for (let at = first; at <= last; at += jump) values.add(at);
  }
  return { values, any: text === "*" || text === "?" || text === "*/1", step };
}

export function parseSchedule(text: string): Schedule | null {
  const fields = (MACROS[text.trim()] ?? text).trim().split(/\s+/);
  const [a, b, c, d, e] = fields;
  if (
    fields.length !== 5 ||
    a === undefined ||
    b === undefined ||
    c === undefined ||
    d === undefined ||
    e === undefined
  )
    return null;
  const minute = field(a, 0, 59);
  const hour = field(b, 0, 23);
  const day = field(c, 1, 31);
  const month = field(d, 1, 12, MONTHS);
  const weekday = field(e, 0, 7, DAYS);
  // Sunday is 0 and 7.
  if (weekday?.values.delete(7)) weekday.values.add(0);
  return minute && hour && day && month && weekday ? { minute, hour, day, month, weekday } : null;
}

const two = (n: number): string => String(n).padStart(2, "0");
const listed = (words: string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;

function clock({ minute, hour }: Schedule): string {
  const minutes = [...minute.values].sort((x, y) => x - y);
  const hours = [...hour.values].sort((x, y) => x - y);
  if (minute.any && hour.any) return "every minute";
  if (minute.step !== null && hour.any) return `every ${minute.step} minutes`;
  if (hour.any)
    return minutes.length === 1
      ? minutes[0] === 0
        ? "every hour"
        : `every hour at minute ${minutes[0] ?? 0}`
      : `every hour at minutes ${listed(minutes.map(String))}`;
  if (hour.step !== null && minutes.length === 1)
    return `every ${hour.step} hours at minute ${minutes[0] ?? 0}`;
  if (hours.length * minutes.length <= 4)
    return `at ${listed(hours.flatMap((h) => minutes.map((m) => `${two(h)}:${two(m)}`)))}`;
  const [first = 0, last = 0] = [hours[0], hours.at(-1)];
  const straight = hours.length > 2 && last - first === hours.length - 1;
  const when = minute.any
    ? "every minute"
    : minute.step !== null
      ? `every ${minute.step} minutes`
      : `at minute ${listed(minutes.map(String))}`;
  return straight
    ? `${when} from ${two(first)}:00 to ${two(last)}:59`
    : `${when} of hours ${listed(hours.map(String))}`;
}

function days({ day, month, weekday }: Schedule): string {
  const parts: string[] = [];
  const names = [...weekday.values].sort((x, y) => x - y);
  const weekdays =
    names.join() === "1,2,3,4,5"
      ? "on weekdays"
      : names.join() === "0,6"
        ? "at weekends"
        : `on ${listed(names.map((at) => DAY_NAMES[at] ?? ""))}`;
  if (!day.any)
    parts.push(
      day.step !== null
        ? `every ${day.step} days of the month`
        : `on day ${listed([...day.values].map(String))} of the month`,
    );
  // With both restricted, cron runs when either matches.
  if (!weekday.any) parts.push(parts.length > 0 ? `or ${weekdays}` : weekdays);
  if (!month.any) parts.push(`in ${listed([...month.values].map((at) => MONTH_NAMES[at - 1] ?? ""))}`);
  return parts.join(" ");
}

/** `at 02:30 on Sunday`, or null when the schedule does not parse. */
export function scheduleWords(text: string): string | null {
  const every = /^@every (.+)$/.exec(text.trim());
  if (every) return `every ${every[1] ?? ""}`;
  const schedule = parseSchedule(text);
  if (!schedule) return null;
  const time = clock(schedule);
  const when = days(schedule);
  return when === "" && time.startsWith("at ") ? `every day ${time}` : `${time} ${when}`.trim();
}

/** How far `zone` is ahead of UTC at a moment, in milliseconds. */
function zoneOffset(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(ms);
  const at = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return (
    Date.UTC(at("year"), at("month") - 1, at("day"), at("hour"), at("minute"), at("second")) -
    Math.floor(ms / 1000) * 1000
  );
}

const DAY_MS = 86_400_000;

/** The next run after `nowSeconds`, in epoch seconds; null when there is none within five years or the zone is unknown. */
export function nextRun(text: string, nowSeconds: number, zone = "UTC"): number | null {
  const schedule = parseSchedule(text);
  if (!schedule) return null;
  try {
    const start = nowSeconds * 1000;
    let wall = (Math.floor((start + zoneOffset(start, zone)) / 60_000) + 1) * 60_000;
    const end = wall + 5 * 366 * DAY_MS;
    while (wall < end) {
      const date = new Date(wall);
      const dayHit = schedule.day.values.has(date.getUTCDate());
      const weekdayHit = schedule.weekday.values.has(date.getUTCDay());
      const both = !schedule.day.any && !schedule.weekday.any;
      if (
        !schedule.month.values.has(date.getUTCMonth() + 1) ||
        !(both ? dayHit || weekdayHit : dayHit && weekdayHit)
      ) {
        wall = (Math.floor(wall / DAY_MS) + 1) * DAY_MS;
      } else if (!schedule.hour.values.has(date.getUTCHours())) {
        wall = (Math.floor(wall / 3_600_000) + 1) * 3_600_000;
      } else if (!schedule.minute.values.has(date.getUTCMinutes())) {
        wall += 60_000;
      } else {
        return (wall - zoneOffset(wall - zoneOffset(wall, zone), zone)) / 1000;
      }
    }
  } catch {
    return null;
  }
  return null;
}
