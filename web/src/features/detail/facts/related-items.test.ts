import { describe, expect, it } from "vitest";
import type { RelatedItem, Relation, Tone } from "@/api/contract";
import { pickRelated, toneSummary } from "./related-items";

const item = (kind: string, name: string, tone: Tone = "ok"): RelatedItem => ({
  object: { cluster: "c", kind, namespace: "x", name },
  tone,
  status: "",
});
const group = (relation: string, items: RelatedItem[], total = items.length): Relation => ({
  relation,
  items,
  total,
});

describe("related items of a block", () => {
  it("takes the kinds it asked for, each once, worst first", () => {
    const groups = [
      group("owns", [item("replicasets.apps", "api-7"), item("pods", "api-7-a")]),
      group("selects", [item("pods", "api-7-a"), item("pods", "api-7-b", "danger")]),
      group("uses", [item("pods", "other")]),
    ];
    const { items, total } = pickRelated(groups, ["owns", "selects"], ["pods"]);
    expect(items.map((each) => each.object.name)).toEqual(["api-7-b", "api-7-a"]);
    expect(total).toBe(2);
  });
  it("counts what the server did not send", () => {
    expect(pickRelated([group("selects", [item("pods", "a")], 40)], ["selects"], ["pods"]).total).toBe(40);
  });
  it("sums tones, worst first", () => {
    expect(toneSummary([item("pods", "a"), item("pods", "b", "danger"), item("pods", "c")])).toEqual([
      { tone: "danger", count: 1 },
      { tone: "ok", count: 2 },
    ]);
  });
});
