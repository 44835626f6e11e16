import { describe, expect, it } from "vitest";
import type { AuditRow } from "@/api/contract";
import {
  actorName,
  actReason,
  actState,
  actTitle,
  extraEntries,
  extraWords,
  formatTook,
  targetObject,
  tookMs,
} from "./act";
import { rangeWords, reachWords, recordVerdict, scopeWords } from "./verdict";

const row = (more: Partial<AuditRow> = {}): AuditRow => ({
  chain: "c",
  sequence: 1,
  at: "2026-11-26T12:00:00.000Z",
  requestId: "r",
  phase: "intent",
  verb: "scale",
  actor: { issuer: "i", subject: "s", user: "bob", groups: [], groupCount: 0 },
  extra: {},
  ...more,
});
const target = {
  cluster: "prod-eu",
  group: "apps",
  resource: "deployments",
  namespace: "payments",
  name: "api",
};

describe("an act", () => {
  it("is open until its outcome is written", () => {
    expect(actState(row())).toBe("open");
    const result = { outcome: "denied" as const, sequence: 2, at: "2026-11-26T12:00:01Z", reason: "no" };
    expect(actState(row({ result }))).toBe("denied");
    expect(actReason(row({ result, reason: "asked" }))).toBe("no");
    expect(actState(row({ phase: "single", outcome: "success" }))).toBe("success");
  });
  it("names who it was as well as is known", () => {
    const actor = { issuer: "i", subject: "00u1", groups: [], groupCount: 0 };
    expect(actorName({ ...actor, user: "bob", email: "bob@corp" })).toBe("bob");
    expect(actorName({ ...actor, email: "bob@corp" })).toBe("bob@corp");
    expect(actorName(actor)).toBe("00u1");
  });
  it("links to its object where it names one", () => {
    expect(targetObject(target)).toEqual({
      cluster: "prod-eu",
      kind: "deployments.apps",
      namespace: "payments",
      name: "api",
    });
    expect(targetObject({ cluster: "prod-eu", resource: "secrets" })).toBeNull();
    expect(targetObject(undefined)).toBeNull();
  });
  it("has a title", () => {
    expect(actTitle(row({ target }))).toBe("scale deployments.apps api");
    expect(actTitle(row({ verb: "login" }))).toBe("login");
    expect(actTitle(row({ verb: "search", target: { cluster: "edge" } }))).toBe("search edge");
  });
  it.each([
    ["2026-11-26T12:00:00.084Z", "84 ms"],
    ["2026-11-26T12:00:01.240Z", "1.2 s"],
    ["2026-11-26T12:03:05.000Z", "3 min 5 s"],
  ])("took until %s: %s", (end, words) => expect(formatTook(tookMs(row().at, end) ?? -1)).toBe(words));
  it("took no time that would be negative", () => {
    expect(tookMs(row().at, "2026-11-26T11:59:59Z")).toBeNull();
    expect(tookMs(row().at, undefined)).toBeNull();
  });
  it("tells the rest line by line", () =>
    expect(
      extraEntries({
        replicas: { from: 3, to: 5 },
        pods: ["a", "b"],
        force: false,
        deep: { a: { b: 1 } },
        none: null,
      }),
    ).toEqual([
      ["replicas", "3 → 5"],
      ["pods", "a, b"],
      ["force", "false"],
      ["deep.a", '{"b":1}'],
      ["none", "null"],
    ]));
});

it("leaves out what is empty in one line", () =>
  expect(extraWords({ filter: "", format: "csv" })).toBe("format csv"));

describe("the verdict", () => {
  const counts = { all: 0, success: 0, failure: 0, denied: 0, unknown: 0, open: 0 };
  it.each([
    [{}, "neutral", "No acts"],
    [{ all: 1, success: 1 }, "ok", "1 act, none denied or failed"],
    [{ all: 9, success: 6, denied: 3 }, "warning", "9 acts: 3 denied"],
    [{ all: 9, denied: 3, failure: 1, open: 2 }, "danger", "9 acts: 1 failed, 3 denied, 2 still open"],
    [{ all: 2, unknown: 2 }, "warning", "2 acts: 2 with an unknown end"],
    [{ all: 1, open: 1 }, "notice", "1 act: 1 still open"],
  ] as const)("of %o", (more, tone, title) =>
    expect(recordVerdict({ ...counts, ...more })).toEqual({ tone, title }),
  );
});

describe("what the page says of itself", () => {
  it("which time it shows", () => {
    expect(rangeWords({ span: "7d" }, true)).toBe("the last 7 days");
    const range = (from: string, to: string) => rangeWords({ from, to }, true);
    expect(range("2026-11-26T13:15:00Z", "2026-11-26T13:30:05Z")).toBe("Nov 26 13:15Z to 13:30:05Z");
    expect(range("2026-11-26T13:15:00Z", "2026-12-02T00:00:00Z")).toBe("Nov 26 13:15Z to Dec 2 00:00Z");
  });
  it("whose acts it shows", () => {
    expect(scopeWords("all")).toBe("acts of everybody");
    expect(scopeWords("own")).toContain("your own");
  });
  it("how far back it reaches", () => {
    const status = { chain: "c", size: 1, writing: true, scope: "all" as const, verbs: [] };
    const now = Date.parse("2026-11-26T12:00:00Z") / 1000;
    expect(reachWords(status, now, true)).toBe("");
    expect(reachWords({ ...status, firstAt: "2026-11-20T12:00:00Z" }, now, true)).toBe(
      "the record reaches back to Nov 20 12:00Z, 6d ago",
    );
  });
});
