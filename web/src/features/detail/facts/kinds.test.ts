import { describe, expect, it } from "vitest";
import { conditionTone } from "./conditions";
import { kindFinder } from "./kinds";
import { ago, block, facts, rows, said, verdict, words } from "./testing";

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
    expect(facts("nodes", node([ready], { unschedulable: true })).verdict?.status).toBe("Cordoned");
    expect(facts("nodes", node([ready, { type: "DiskPressure", status: "False" }])).verdict?.tone).toBe("ok");
  });
  it("measures against what is allocatable, and says when use is not known", () => {
    const [cpu, , pods] = block(facts("nodes", node([ready]), null), "gauges").items;
    expect(cpu).toMatchObject({ total: 3920, used: null, text: "use not measured · of 3920 m" });
    expect(pods).toMatchObject({ total: 58 });
    expect(said(block(facts("nodes", node([ready])), "facts", "Machine").facts, "Instance")).toEqual([
      "m7g.xlarge spot · arm64",
    ]);
  });
});

describe("network", () => {
  it("says where a service answers", () => {
    const service = (spec: object, status: object = {}) =>
      facts("services", {
        metadata: { name: "api", namespace: "x" },
        spec: { selector: { app: "api" }, ports: [{ port: 80, targetPort: "http", name: "web" }], ...spec },
        status,
      });
    expect(verdict(service({ type: "ClusterIP", clusterIP: "172.20.3.4" }))).toBe(
      "Reachable at 172.20.3.4 inside the cluster",
    );
    expect(verdict(service({ clusterIP: "None" }))).toContain("Headless");
    expect(service({ type: "LoadBalancer", clusterIP: "1.2.3.4" }).verdict?.tone).toBe("warning");
    expect(rows(service({ clusterIP: "None" }), "Ports")).toEqual([["web", "80/TCP", "http", "–", "–"]]);
  });
  it("warns about hosts without TLS and ingresses without an address", () => {
    const spec = {
      rules: [
        {
          host: "a.corp",
          http: {
            paths: [
              { path: "/", pathType: "Prefix", backend: { service: { name: "api", port: { number: 80 } } } },
            ],
          },
        },
        { host: "b.corp" },
      ],
      tls: [{ hosts: ["a.corp"], secretName: "a-tls" }],
    };
    const made = facts("ingresses.networking.k8s.io", {
      metadata: { name: "i", namespace: "x" },
      spec,
      status: { loadBalancer: { ingress: [{ hostname: "lb.example" }] } },
    });
    expect(verdict(made)).toBe("a.corp, b.corp at lb.example | without TLS: b.corp");
    expect(rows(made, "Rules")).toEqual([["a.corp", "/", "api :80"]]);
    expect(facts("ingresses.networking.k8s.io", { metadata: {}, spec, status: {} }).verdict?.tone).toBe(
      "warning",
    );
  });
  it("reads a network policy aloud", () => {
    const spec = {
      podSelector: { matchLabels: { app: "api" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [
            {
              podSelector: { matchLabels: { app: "web" } },
              namespaceSelector: { matchLabels: { team: "shop" } },
            },
            { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } },
          ],
          ports: [{ port: 8080 }, { port: 9000, endPort: 9010 }],
        },
      ],
    };
    const made = facts("networkpolicies.networking.k8s.io", {
      metadata: { name: "p", namespace: "x" },
      spec,
    });
    expect(verdict(made)).toBe("Rules pods app=api | ingress only as listed · no egress allowed");
    expect(rows(made, "Allowed")).toEqual([
      [
        "in from",
        "pods app=web in namespaces team=shop, or 10.0.0.0/8 except 10.1.0.0/16",
        "TCP 8080, TCP 9000–9010",
      ],
      ["out to", "nobody", "–"],
    ]);
  });
  it("counts a slice's endpoints", () => {
    const made = facts("endpointslices.discovery.k8s.io", {
      metadata: { name: "api-1", namespace: "x" },
      endpoints: [
        { addresses: ["10.0.0.1"], conditions: { ready: true }, targetRef: { kind: "Pod", name: "p" } },
        { addresses: ["10.0.0.2"], conditions: { ready: false } },
      ],
    });
    expect(verdict(made)).toBe("1 of 2 endpoints ready");
  });
});

describe("configuration and storage", () => {
  it("never shows what a secret holds, only how much", () => {
    const made = facts("secrets", {
      metadata: { name: "db", namespace: "x" },
      type: "kubernetes.io/tls",
      data: { "tls.key": "•••• (1704 bytes)", "tls.crt": "•••• (1100 bytes)" },
    });
    expect(verdict(made)).toBe("2 keys, 2.7 KiB | holds a certificate and its key");
    expect(block(made, "entries").entries).toEqual([
      { key: "tls.crt", bytes: 1100, note: "masked" },
      { key: "tls.key", bytes: 1704, note: "masked" },
    ]);
  });
  it("measures config maps in bytes of what is decoded", () => {
    const made = facts("configmaps", {
      metadata: { name: "c", namespace: "x" },
      data: { greeting: "hé" },
      binaryData: { logo: "AAAA" },
    });
    expect(block(made, "entries").entries.map(({ key, bytes }) => [key, bytes])).toEqual([
      ["greeting", 3],
      ["logo", 3],
    ]);
  });
  it("explains a claim that waits", () => {
    expect(
      facts("persistentvolumeclaims", {
        metadata: { name: "d", namespace: "x" },
        spec: {},
        status: { phase: "Pending" },
      }).verdict?.tone,
    ).toBe("warning");
    expect(
      facts("persistentvolumes", {
        metadata: { name: "v" },
        spec: { capacity: { storage: "20Gi" }, persistentVolumeReclaimPolicy: "Retain" },
        status: { phase: "Released" },
      }).verdict?.title,
    ).toBe("Released, 20 GiB");
  });
});

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
      "warning",
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

describe("access", () => {
  it("marks the rules that deserve a second look", () => {
    const made = facts("clusterroles.rbac.authorization.k8s.io", {
      metadata: { name: "r" },
      rules: [
        { apiGroups: [""], resources: ["secrets"], verbs: ["get"], resourceNames: ["db"] },
        { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list"] },
        { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
      ],
    });
    expect(rows(made, "Rules")).toEqual([
      ["secrets named db", "get", "core", "reads secrets"],
      ["deployments", "get, list", "apps", ""],
      ["*", "*", "*", "everything"],
    ]);
    expect(verdict(made)).toBe(
      "Grants everything where it is bound | worth a look: reads secrets, everything",
    );
  });
  it("links a binding's role and accounts, and names the open ones", () => {
    const made = facts("clusterrolebindings.rbac.authorization.k8s.io", {
      metadata: { name: "b" },
      roleRef: { kind: "ClusterRole", name: "cluster-admin" },
      subjects: [
        { kind: "ServiceAccount", name: "ci", namespace: "build" },
        { kind: "Group", name: "system:unauthenticated" },
      ],
    });
    expect(made.verdict?.tone).toBe("warning");
    expect(verdict(made)).toBe(
      "Cluster role cluster-admin for 2 subjects in the whole cluster | cluster-admin: may do everything",
    );
    expect(rows(made, "Subjects")).toEqual([
      ["Service account", "build / ci", ""],
      ["Group", "system:unauthenticated", "everybody, signed in or not"],
    ]);
  });
  it("shows the IAM role of a service account", () => {
    const made = facts("serviceaccounts", {
      metadata: {
        name: "api",
        namespace: "x",
        annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/team/payments-api" },
      },
    });
    expect(verdict(made)).toBe(
      "Pods get the IAM role payments-api | by web identity (IRSA), account 111122223333",
    );
  });
});

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
