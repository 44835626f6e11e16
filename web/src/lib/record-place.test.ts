import { describe, expect, it } from "vitest";
import {
  changesRecordHref,
  formatRecordState,
  objectRecordHref,
  parseRecordState,
  rangeBounds,
  recordHref,
  recordTerm,
  requestRecordHref,
  type RecordState,
} from "./record-place";

const STATES: RecordState[] = [
  { filter: "", range: { span: "24h" }, open: null, table: false },
  { filter: 'user:bob@corp outcome:denied "two words"', range: { span: "7d" }, open: null, table: true },
  {
    filter: "kind:deployments.apps name:a/b&c=d+e",
    range: { from: "2026-11-26T10:00:00Z", to: "2026-11-26T11:00:00Z" },
    open: { chain: "periscope-0", sequence: 42 },
    table: false,
  },
];

describe("the address of the record", () => {
  it.each(STATES)("is read as it was written", (state) =>
    expect(parseRecordState(`?${formatRecordState(state)}`)).toEqual(state),
  );
  it("is short where everything is as usual", () => expect(recordHref(STATES[0])).toBe("/audit"));
  it.each([
    ["range=1y", { span: "24h" }],
    ["from=2026-11-26T11:00:00Z&to=2026-11-26T10:00:00Z", { span: "24h" }],
    ["from=yesterday&to=today&range=6h", { span: "6h" }],
    ["from=2026-11-26T10:00:00Z", { span: "24h" }],
  ])("does not take %s", (query, range) => expect(parseRecordState(query).range).toEqual(range));
  it.each(["open=a", "open=a/b", "open=../1", "open=a/1/2", "open=a/-1"])("opens nothing for %s", (query) =>
    expect(parseRecordState(query).open).toBeNull(),
  );
});

describe("links into the record", () => {
  it("ask for everything that was done to an object", () =>
    expect(
      objectRecordHref({ cluster: "prod-eu", kind: "deployments.apps", namespace: "payments", name: "api" }),
    ).toBe(
      "/audit?filter=cluster:prod-eu%20kind:deployments.apps%20namespace:payments%20name:api&range=all",
    ));
  it("ask for what one request did, and for what one person changed", () => {
    expect(requestRecordHref("b7f2-000012")).toBe("/audit?filter=request:b7f2-000012&range=all");
    expect(changesRecordHref("ada")).toBe("/audit?filter=class:change%20subject:ada");
  });
  it("quote what a blank or a comma would cut", () => {
    expect(recordTerm("group", "on call")).toBe('group:"on call"');
    expect(recordTerm("group", "a,b")).toBe('group:"a,b"');
    expect(recordTerm("user", "bob@corp")).toBe("user:bob@corp");
  });
});

describe("time", () => {
  const now = Date.parse("2026-11-26T13:00:00.500Z");
  it("ends now for a span", () =>
    expect(rangeBounds({ span: "1h" }, now)).toEqual({ from: "2026-11-26T12:00:00Z" }));
  it("has no bounds for everything", () => expect(rangeBounds({ span: "all" }, now)).toEqual({}));
});
