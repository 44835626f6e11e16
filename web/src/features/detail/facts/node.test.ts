import { describe, expect, it } from "vitest";
import { ago, block, facts, said, verdict } from "./testing";

describe("nodes", () => {
  const node = (conditions: object[], spec: object = {}) => ({
    metadata: {
      name: "ip-10-2-14-87",
      labels: {
        "node.kubernetes.io/instance-type": "m7g.xlarge",
        "karpenter.sh/capacity-type": "spot",
        "karpenter.sh/nodepool": "general",
        "kubernetes.io/arch": "arm64",
      },
    },
    spec,
    status: { conditions, allocatable: { cpu: "3920m", memory: "15Gi", pods: "58" } },
  });
  const ready = { type: "Ready", status: "True", lastTransitionTime: ago(9000) };

  it("counts a silent kubelet as failing", () => {
    const made = facts(
      "nodes",
      node([
        {
          type: "Ready",
          status: "Unknown",
          message: "Kubelet stopped posting node status.",
          lastTransitionTime: ago(120),
        },
      ]),
    );
    expect([made.verdict?.tone, verdict(made)]).toEqual([
      "danger",
      "The kubelet does not answer for <age> | Kubelet stopped posting node status.",
    ]);
  });
  it("sees pressure behind readiness, and cordons", () => {
    expect(
      verdict(
        facts("nodes", node([ready, { type: "DiskPressure", status: "True", message: "low on disk" }])),
      ),
    ).toBe("Ready, with DiskPressure | low on disk");
    expect(facts("nodes", node([ready], { unschedulable: true })).verdict?.status).toBe(
      "Ready,SchedulingDisabled",
    );
    expect(facts("nodes", node([ready, { type: "DiskPressure", status: "False" }])).verdict?.tone).toBe("ok");
  });
  it("measures against what is allocatable, and says when use is not known", () => {
    const [cpu, , pods] = block(facts("nodes", node([ready]), { metrics: null }), "gauges").items;
    expect(cpu).toMatchObject({ total: 3920, used: null, text: "use not measured · of 3920 m" });
    expect(pods).toMatchObject({ total: 58 });
    expect(said(block(facts("nodes", node([ready])), "facts", "Machine").facts, "Instance")).toEqual([
      "m7g.xlarge spot · arm64",
    ]);
  });
});
