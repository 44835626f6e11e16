import { describe, expect, it } from "vitest";
import { conditionTone } from "./conditions";
import { kindFinder } from "./kinds";
import { ago, block, facts, rows, verdict } from "./testing";

describe("every other kind", () => {
  const custom = (status: object, more: object = {}) =>
    facts("nodepools.karpenter.sh", { metadata: { name: "general" }, spec: { weight: 10 }, status, ...more });
  it("takes its word from the condition that speaks for the whole", () => {
    expect(
      verdict(
        custom({
          conditions: [
            { type: "NodeClassReady", status: "True" },
            {
              type: "Ready",
              status: "False",
              reason: "NodeClassNotFound",
              message: "no such class",
              lastTransitionTime: ago(60),
            },
          ],
        }),
      ),
    ).toBe("Not ready for <age> | no such class");
    expect(custom({ conditions: [{ type: "Ready", status: "True" }] }).verdict?.tone).toBe("ok");
    expect(custom({ phase: "Failed" }).verdict?.tone).toBe("danger");
    expect(custom({}).verdict).toBeNull();
  });
  it("shows spec, status and whatever else it has", () => {
    const made = facts("ingressclasses.networking.k8s.io", {
      metadata: { name: "alb" },
      spec: { controller: "ingress.k8s.aws/alb" },
      parameters: { a: 1 },
    });
    expect(block(made, "tree", "Spec").value).toEqual({ controller: "ingress.k8s.aws/alb" });
    expect(block(made, "tree", "Contents").value).toEqual({ parameters: { a: 1 } });
  });
  it("says which webhooks refuse writes without an answer", () => {
    const webhooks = [
      {
        name: "a.corp",
        clientConfig: { service: { name: "hook", namespace: "sys", path: "/v" } },
        rules: [{ operations: ["CREATE"], resources: ["pods"] }],
      },
      { name: "b.corp", failurePolicy: "Ignore" },
    ];
    const made = facts("validatingwebhookconfigurations.admissionregistration.k8s.io", {
      metadata: { name: "w" },
      webhooks,
    });
    expect(verdict(made)).toBe("1 of 2 refuse writes when they do not answer");
    expect(rows(made, "Webhooks")[0]).toEqual(["a.corp", "sys / hook /v", "create pods", "refused", "10 s"]);
  });
  it("says that it is being deleted, and what holds it", () => {
    expect(
      verdict(
        custom(
          {},
          {
            metadata: {
              name: "general",
              deletionTimestamp: ago(60),
              finalizers: ["karpenter.sh/termination"],
            },
          },
        ),
      ),
    ).toBe("Being deleted for <age> | waits for karpenter.sh/termination");
  });
  it("knows which conditions are bad when true", () => {
    expect(conditionTone("MemoryPressure", "True")).toBe("danger");
    expect(conditionTone("MemoryPressure", "False")).toBe("ok");
    expect(conditionTone("Ready", "Unknown")).toBe("unknown");
    expect(conditionTone("Degraded", "True")).toBe("danger");
    expect(conditionTone("Available", "False")).toBe("danger");
    expect(conditionTone("Initialized", "False")).toBe("neutral");
  });
  it("finds a kind by discovery first, then by English", () => {
    const find = kindFinder([
      {
        id: "x",
        title: "x",
        kinds: [
          {
            id: "gateways.networking.istio.io",
            group: "networking.istio.io",
            version: "v1",
            kind: "Gateway",
            resource: "gateways",
            singular: "gateway",
            shortNames: [],
            categories: [],
            namespaced: true,
            verbs: [],
            custom: true,
            served: "table",
          },
        ],
      },
    ]);
    expect(find("networking.istio.io/v1", "Gateway")).toBe("gateways.networking.istio.io");
    expect([
      find("apps/v1", "ReplicaSet"),
      find("networking.k8s.io/v1", "NetworkPolicy"),
      find("v1", "Pod"),
      find("networking.k8s.io/v1", "Ingress"),
    ]).toEqual([
      "replicasets.apps",
      "networkpolicies.networking.k8s.io",
      "pods",
      "ingresses.networking.k8s.io",
    ]);
  });
});

describe("hostile objects", () => {
  it("makes no link out of anything an object says", () => {
    const made = facts("pods", {
      metadata: { name: "p", namespace: "x", annotations: { link: "javascript:alert(1)" } },
      spec: { nodeName: "javascript:alert(1)" },
      status: {},
    });
    expect(JSON.stringify(made)).not.toMatch(/"href":"(?!\/)/);
  });
  it.each([
    "pods",
    "deployments.apps",
    "nodes",
    "services",
    "ingresses.networking.k8s.io",
    "networkpolicies.networking.k8s.io",
    "configmaps",
    "secrets",
    "persistentvolumeclaims",
    "persistentvolumes",
    "storageclasses.storage.k8s.io",
    "horizontalpodautoscalers.autoscaling",
    "poddisruptionbudgets.policy",
    "serviceaccounts",
    "clusterroles.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
    "namespaces",
    "resourcequotas",
    "limitranges",
    "events",
    "customresourcedefinitions.apiextensions.k8s.io",
    "jobs.batch",
    "cronjobs.batch",
    "endpointslices.discovery.k8s.io",
    "whatever.example.com",
  ])("%s survives garbage", (kind) => {
    for (const value of [null, 7, "x", [], [null], {}, { a: null }]) {
      const odd = {
        metadata: { name: "x", namespace: "y" },
        spec: value,
        status: value,
        data: value,
        rules: value,
        subjects: value,
        endpoints: value,
      };
      expect(() => facts(kind, odd)).not.toThrow();
    }
  });
});
