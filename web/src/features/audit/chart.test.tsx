// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AuditHistogram } from "@/api/contract";
import { Chart } from "./chart";

const START = Date.parse("2026-11-26T12:00:00Z");
const histogram: AuditHistogram = {
  from: "2026-11-26T12:00:00Z",
  to: "2026-11-26T12:04:00Z",
  scope: "all",
  buckets: [0, 1, 2, 3].map((minute) => ({
    at: new Date(START + minute * 60_000).toISOString(),
    success: minute,
    failure: 0,
    denied: minute === 2 ? 1 : 0,
    unknown: 0,
    open: 0,
  })),
};
const zoomed: unknown[] = [];
const chart = () => screen.getByRole("slider");
const press = (key: string, shiftKey = false) => fireEvent.keyDown(chart(), { key, shiftKey });
const says = () => chart().getAttribute("aria-valuetext");

beforeEach(() => {
  zoomed.length = 0;
  render(<Chart histogram={histogram} utc onZoom={(range) => void zoomed.push(range)} />);
});
afterEach(cleanup);

it("says what each bar holds, as keys go from one to the next", () => {
  press("Home");
  expect(says()).toBe("Nov 26 12:00Z to 12:01Z: no acts");
  press("ArrowRight");
  press("ArrowRight");
  expect(says()).toBe("Nov 26 12:02Z to 12:03Z: 3 acts, 1 denied, 2 success");
  press("End");
  press("ArrowRight");
  expect(chart().getAttribute("aria-valuenow")).toBe("3");
});

it("looks closer at the bars that shift and the arrows chose", () => {
  press("End");
  press("ArrowLeft", true);
  expect(says()).toBe("Nov 26 12:02Z to 12:04Z: 6 acts, 1 denied, 5 success");
  press("Enter");
  expect(zoomed).toEqual([{ from: "2026-11-26T12:02:00Z", to: "2026-11-26T12:04:00Z" }]);
});

it("looks closer at one bar, and at none after Escape", () => {
  press("Home");
  press("Enter");
  expect(zoomed).toEqual([{ from: "2026-11-26T12:00:00Z", to: "2026-11-26T12:01:00Z" }]);
  press("Home");
  press("Escape");
  press("Enter");
  expect(zoomed).toHaveLength(1);
});
