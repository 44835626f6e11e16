import { expect, it } from "vitest";
import { readTime } from "./range-menu";

const NOW = Date.parse("2026-11-26T13:00:00Z");

it.each([
  ["2026-11-25 09:30:15", "2026-11-25T09:30:15Z"],
  ["2026-11-25T09:30", "2026-11-25T09:30:00Z"],
  ["2026-11-25", "2026-11-25T00:00:00Z"],
  ["09:30", "2026-11-26T09:30:00Z"],
  [" 2026-11-25 09:30Z ", "2026-11-25T09:30:00Z"],
])("reads %s", (text, time) => expect(readTime(text, true, NOW)).toBe(time));

it.each(["", "yesterday", "2026-13-45", "25:00", "2026-11-25 9"])("does not read %s", (text) =>
  expect(readTime(text, true, NOW)).toBeNull(),
);
