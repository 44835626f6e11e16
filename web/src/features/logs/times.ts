export type Zone = "local" | "utc";

const pad = (value: number, width = 2) => String(value).padStart(width, "0");

/** `13:00:00.123`, in the reader's zone or in UTC; empty for a line without a time. */
export function timeOf(time: string, zone: Zone): string {
  if (!time) return "";
  if (zone === "utc") return time.slice(11, 23).replace(/Z$/, "");
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time.slice(11, 23);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}
