import { describe, expect, it } from "vitest";
import type { AuditPage, AuditRow } from "@/api/contract";
import { append, begin, refresh, release } from "./record-rows";

const row = (sequence: number, more: Partial<AuditRow> = {}): AuditRow => ({
  chain: "c",
  sequence,
  at: "2026-11-26T12:00:00Z",
  requestId: `r-${sequence}`,
  phase: "intent",
  verb: "scale",
  actor: { issuer: "i", subject: "s", user: "bob", groups: [], groupCount: 0 },
  extra: {},
  ...more,
});
const page = (sequences: number[], next?: string): AuditPage => ({
  rows: sequences.map((sequence) => row(sequence)),
  scope: "all",
  gaps: [],
  ...(next ? { next } : {}),
});
const sequences = (rows: readonly AuditRow[]) => rows.map(({ sequence }) => sequence);

describe("the rows of the record", () => {
  it("grow downwards without showing one twice", () => {
    const state = append(begin(page([9, 8, 7], "a")), page([7, 6, 5]));
    expect(sequences(state.rows)).toEqual([9, 8, 7, 6, 5]);
    expect(state.next).toBeNull();
  });
  it("hold what is new until it is asked for", () => {
    const held = refresh(begin(page([9, 8])), page([11, 10, 9, 8]));
    expect([sequences(held.rows), sequences(held.fresh)]).toEqual([
      [9, 8],
      [11, 10],
    ]);
    const shown = release(held);
    expect([sequences(shown.rows), shown.fresh]).toEqual([[11, 10, 9, 8], []]);
  });
  it("hold everything that came since, not only the last news", () => {
    const twice = refresh(refresh(begin(page([9])), page([10, 9])), page([11, 10, 9]));
    expect(sequences(release(twice).rows)).toEqual([11, 10, 9]);
  });
  it("say at once how an open act ended", () => {
    const result = { outcome: "denied" as const, sequence: 10, at: "2026-11-26T12:00:01Z" };
    const state = refresh(begin(page([9, 8])), { ...page([]), rows: [row(9, { result }), row(8)] });
    expect(state.rows[0]?.result).toEqual(result);
    expect(state.fresh).toEqual([]);
  });
  it("start over when too much is new to join on", () => {
    const state = refresh(begin(page([3, 2, 1], "old")), page([99, 98, 97], "there"));
    expect(state.apart).toBe(true);
    const shown = release(state);
    expect([sequences(shown.rows), shown.next]).toEqual([[99, 98, 97], "there"]);
  });
  it("join on when the record was empty before", () => {
    const shown = release(refresh(begin(page([])), page([1])));
    expect(sequences(shown.rows)).toEqual([1]);
  });
});
