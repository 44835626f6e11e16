import { describe, expect, it } from "vitest";
import { ago, block, facts, verdict } from "./testing";

describe("the cluster's own kinds", () => {
  it("finds full quotas", () => {
    const made = facts("resourcequotas", {
      metadata: { name: "q", namespace: "x" },
      spec: {},
      status: { hard: { "requests.cpu": "4", pods: "10" }, used: { "requests.cpu": "4", pods: "3" } },
    });
    expect(verdict(made)).toContain("Full: requests.cpu");
    expect(block(made, "gauges").items.map((each) => [each.label, each.text])).toEqual([
      ["pods", "3 / 10"],
      ["requests.cpu", "4000 / 4000 m"],
    ]);
  });
  it("says what an event is about", () => {
    const made = facts("events", {
      metadata: { name: "e", namespace: "x" },
      type: "Warning",
      reason: "BackOff",
      message: "Back-off",
      count: 7,
      lastTimestamp: ago(12),
      involvedObject: { apiVersion: "apps/v1", kind: "Deployment", name: "api", namespace: "x" },
    });
    expect(verdict(made)).toBe("BackOff | Back-off | <age> ago, 7 times");
    expect(block(made, "facts").facts[0]?.lines[0]).toContainEqual(
      expect.objectContaining({
        object: { cluster: "prod-eu", kind: "deployments.apps", namespace: "x", name: "api" },
      }),
    );
  });
  it("warns of versions that may still be stored", () => {
    const made = facts("customresourcedefinitions.apiextensions.k8s.io", {
      metadata: { name: "nodepools.karpenter.sh" },
      spec: {
        group: "karpenter.sh",
        names: { kind: "NodePool" },
        scope: "Cluster",
        versions: [{ name: "v1", served: true, storage: true }],
      },
      status: { storedVersions: ["v1beta1", "v1"], conditions: [{ type: "Established", status: "True" }] },
    });
    expect(verdict(made)).toContain("objects may still be stored as v1beta1");
  });
});
