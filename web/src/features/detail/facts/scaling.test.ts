import { describe, expect, it } from "vitest";
import { ago, block, facts, verdict, words } from "./testing";

describe("scaling", () => {
  const hpa = (status: object) =>
    facts("horizontalpodautoscalers.autoscaling", {
      metadata: { name: "api", namespace: "x" },
      spec: {
        minReplicas: 2,
        maxReplicas: 10,
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "api" },
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
          },
        ],
      },
      status,
    });
  it("shows target and current", () => {
    const made = hpa({
      currentReplicas: 10,
      desiredReplicas: 10,
      currentMetrics: [{ type: "Resource", resource: { name: "cpu", current: { averageUtilization: 98 } } }],
      conditions: [{ type: "ScalingLimited", status: "True", lastTransitionTime: ago(600) }],
    });
    expect(verdict(made)).toBe(
      "Wants more than its maximum for <age> | cpu at 98 %, target 70 %, with all 10 replicas",
    );
    expect(block(made, "gauges").items[1]).toMatchObject({ used: 1.4, mark: 1, text: "98 % · target 70 %" });
  });
  it("says what keeps it from scaling, and does not take a missing metric for zero", () => {
    const made = hpa({
      currentReplicas: 2,
      desiredReplicas: 2,
      conditions: [
        {
          type: "ScalingActive",
          status: "False",
          reason: "FailedGetResourceMetric",
          message: "no metrics returned",
        },
      ],
    });
    expect(verdict(made)).toContain("Cannot scale | no metrics returned");
    expect(block(made, "gauges").items[1]).toMatchObject({ used: null, text: "not measured · target 70 %" });
  });
  it("finds budgets that block every drain", () => {
    const pdb = (spec: object, status: object) =>
      facts("poddisruptionbudgets.policy", { metadata: { name: "b", namespace: "x" }, spec, status });
    const never = pdb(
      { maxUnavailable: 0 },
      { disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 3, expectedPods: 3 },
    );
    expect([never.verdict?.tone, words(never.verdict?.detail[0] ?? "")]).toEqual([
      "notice",
      "it never will: it asks for all of its pods, so a node drain blocks on it",
    ]);
    expect(
      pdb(
        { minAvailable: 1 },
        { disruptionsAllowed: 2, currentHealthy: 3, desiredHealthy: 1, expectedPods: 3 },
      ).verdict?.tone,
    ).toBe("ok");
  });
});
