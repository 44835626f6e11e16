import { describe, expect, it } from "vitest";
import type { ActionRun, ResultState } from "@/api/actions-contract";
import { drainSentence, runSentence, runTone } from "./results";

const run = (states: ResultState[], more: Partial<ActionRun> = {}): ActionRun => ({
  id: "r",
  cluster: "a",
  action: { type: "restart" },
  verb: "restart",
  summary: "restart",
  startedBy: "alice",
  startedAt: "",
  state: "done",
  done: states.length,
  total: states.length,
  results: states.map((state, at) => ({ target: { kind: "pods", name: `p${at}` }, state, needs: [] })),
  ...more,
});

describe("how a run stands", () => {
  it.each([
    [run(["success"]), "done", "ok"],
    [run(["success", "success"]), "all 2 done", "ok"],
    [run(["denied"]), "refused", "warning"],
    [run(["success", "denied", "failure"]), "1 done, 1 refused, 1 failed", "danger"],
    [run(["unknown"]), "not known", "unknown"],
    [run(["success", "cancelled"], { state: "cancelled" }), "cancelled: 1 done, 1 cancelled", "neutral"],
    [run(["success", "running"], { state: "running", done: 1 }), "1 of 2 done", "notice"],
  ] as const)("%#: %s", (given, sentence, tone) => {
    expect(runSentence(given)).toBe(sentence);
    expect(runTone(given)).toBe(tone);
  });
});

it("counts the pods that move, and tells of those that stay", () =>
  expect(
    drainSentence(
      (["gone", "gone", "blocked", "terminating", "skipped"] as const).map((state, at) => ({
        namespace: "x",
        name: `p${at}`,
        state,
      })),
    ),
  ).toBe("2 of 4 pods gone, 1 terminating, 1 blocked, 1 stays"));
