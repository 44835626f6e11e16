import { beforeEach, describe, expect, it } from "vitest";
import type { AuditPage } from "@/api/contract";
import { RecordFeed } from "./record-feed";

interface Asked {
  cursor: string | null;
  answer: (page: AuditPage) => void;
  fail: (error: Error) => void;
}

let asked: Asked[];
let feed: RecordFeed;
const load = (cursor: string | null) =>
  new Promise<AuditPage>((answer, fail) => {
    asked.push({ cursor, answer, fail });
  });
const page = (sequences: number[], next?: string): AuditPage => ({
  rows: sequences.map((sequence) => ({
    chain: "c",
    sequence,
    at: "2026-11-26T12:00:00Z",
    requestId: "r",
    phase: "single",
    outcome: "success",
    verb: "login",
    actor: { issuer: "i", subject: "s", user: "bob", groups: [], groupCount: 0 },
    extra: {},
  })),
  scope: "own",
  gaps: [],
  ...(next ? { next } : {}),
});
const sequences = () => feed.read().rows.rows.map(({ sequence }) => sequence);
const settle = async () => {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
};
const answer = async (index: number, with_: AuditPage) => {
  asked[index]?.answer(with_);
  await settle();
};

beforeEach(async () => {
  asked = [];
  feed = new RecordFeed(load);
  feed.start();
  await answer(0, page([9, 8], "older"));
});

describe("the feed of the record", () => {
  it("asks for older rows once at a time, until there are none", async () => {
    feed.more();
    feed.more();
    expect(asked.map(({ cursor }) => cursor)).toEqual([null, "older"]);
    await answer(1, page([7]));
    expect(sequences()).toEqual([9, 8, 7]);
    feed.more();
    expect(asked).toHaveLength(2);
  });
  it("shows what is new at once, unless it is held", async () => {
    feed.nudge();
    await answer(1, page([10, 9, 8], "older"));
    expect(sequences()).toEqual([10, 9, 8]);
    feed.hold(true);
    feed.nudge();
    await answer(2, page([11, 10, 9], "older"));
    expect([sequences(), feed.read().rows.fresh.length]).toEqual([[10, 9, 8], 1]);
    feed.hold(false);
    expect(sequences()).toEqual([11, 10, 9, 8]);
  });
  it("asks again when nudged while it asks, and only once more", async () => {
    feed.nudge();
    feed.nudge();
    feed.nudge();
    expect(asked).toHaveLength(2);
    await answer(1, page([10, 9, 8], "older"));
    expect(asked).toHaveLength(3);
    await answer(2, page([11, 10, 9], "older"));
    expect([asked.length, sequences()]).toEqual([3, [11, 10, 9, 8]]);
  });
  it("keeps its rows when asking fails, and asks at the next nudge", async () => {
    feed.nudge();
    asked[1]?.fail(new Error("away"));
    await settle();
    expect([sequences(), (feed.read().error as Error).message]).toEqual([[9, 8], "away"]);
    feed.nudge();
    await answer(2, page([10, 9], "older"));
    expect([sequences(), feed.read().error]).toEqual([[10, 9, 8], null]);
  });
  it("does not hear of what was asked before it stopped", async () => {
    feed.more();
    feed.stop();
    await answer(1, page([7]));
    expect(sequences()).toEqual([9, 8]);
  });
});
