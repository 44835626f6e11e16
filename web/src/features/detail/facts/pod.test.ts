import { describe, expect, it } from "vitest";
import { ago, block, facts, rows, said, verdict, words } from "./testing";

const condition = (type: string, status: string, seconds: number, more = {}) => ({
  type,
  status,
  lastTransitionTime: ago(seconds),
  ...more,
});

function pod(status: object, spec: object = {}, metadata: object = {}) {
  return {
    kind: "Pod",
    metadata: {
      name: "api-7d9f8b6c5d-x2k4q",
      namespace: "payments",
      creationTimestamp: ago(90_000),
      ...metadata,
    },
    spec: {
      nodeName: "ip-10-2-14-87",
      serviceAccountName: "payments-api",
      containers: [
        {
          name: "app",
          image: "registry.corp/payments/api:1.4",
          resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
        },
      ],
      ...spec,
    },
    status: {
      phase: "Running",
      qosClass: "Burstable",
      conditions: [condition("Ready", "True", 80_000)],
      ...status,
    },
  };
}

const container = (state: object, more: object = {}) => ({
  containerStatuses: [{ name: "app", ready: false, restartCount: 0, state, lastState: {}, ...more }],
});
const unready = { conditions: [condition("Ready", "False", 1080, { reason: "ContainersNotReady" })] };

describe("a pod's verdict", () => {
  it("says a pod is fine in one line", () => {
    const made = facts("pods", pod(container({ running: { startedAt: ago(80_000) } }, { ready: true })));
    expect(made.verdict?.tone).toBe("ok");
    expect(verdict(made)).toBe("Running and ready for <age>");
  });

  it("names the exit, the count and the limit of a crash loop", () => {
    const last = { terminated: { exitCode: 137, reason: "OOMKilled", finishedAt: ago(95) } };
    const made = facts(
      "pods",
      pod({
        ...unready,
        ...container(
          { waiting: { reason: "CrashLoopBackOff", message: "back-off 5m0s" } },
          { restartCount: 7, lastState: last },
        ),
      }),
    );
    expect(made.verdict?.status).toBe("CrashLoopBackOff");
    expect(verdict(made)).toBe(
      "Crash looping | app exited with 137 (OOMKilled), restarted 7 times, last <age> ago | memory limit 512 MiB",
    );
  });

  it("counts a crash loop from its first back-off event, not from the last restart", () => {
    const object = { cluster: "prod-eu", kind: "pods", name: "x" };
    const backOff = (seconds: number) => ({
      type: "Warning",
      reason: "BackOff",
      message: "Back-off restarting failed container app",
      count: 9,
      object,
      firstSeen: ago(seconds),
      lastSeen: ago(10),
    });
    const status = {
      ...unready,
      ...container({ waiting: { reason: "CrashLoopBackOff" } }, { restartCount: 65 }),
    };
    const made = facts("pods", pod(status), {
      events: [backOff(600), backOff(7200), { ...backOff(9000), message: "Back-off pulling image" }],
    });
    expect(made.verdict?.title).toContainEqual({ text: "for", since: ago(7200) });
  });

  it("explains exit codes that have a meaning", () => {
    const last = { terminated: { exitCode: 127, reason: "Error", finishedAt: ago(95) } };
    const made = facts(
      "pods",
      pod({
        ...unready,
        ...container({ waiting: { reason: "CrashLoopBackOff" } }, { restartCount: 1, lastState: last }),
      }),
    );
    expect(verdict(made)).toContain("127 (command not found), restarted once");
  });

  it("cuts the reason out of an image pull error and keeps the message", () => {
    const message =
      'Back-off pulling image "registry.corp/payments/api:1.4": ErrImagePull: rpc error: code = NotFound desc = failed to resolve reference: not found';
    const made = facts(
      "pods",
      pod({
        phase: "Pending",
        ...unready,
        ...container({ waiting: { reason: "ImagePullBackOff", message } }),
      }),
    );
    expect(verdict(made)).toMatch(
      /^Cannot pull the image for <age> \| app needs registry.corp\/payments\/api:1.4 \| the registry has no such image or tag$/,
    );
  });

  it("takes the scheduler's sentence apart", () => {
    const message =
      "0/61 nodes are available: 12 Insufficient cpu, 3 node(s) had untolerated taint {karpenter.sh/disrupted: , other}, 46 node(s) didn't match Pod's node affinity/selector. preemption: 0/61 nodes are available: 61 Preemption is not helpful for scheduling.";
    const made = facts(
      "pods",
      pod(
        {
          phase: "Pending",
          conditions: [condition("PodScheduled", "False", 840, { reason: "Unschedulable", message })],
        },
        { nodeName: undefined },
      ),
    );
    expect(verdict(made)).toBe(
      "No node takes this pod for <age> | didn't match Pod's node affinity/selector on 46 of 61 nodes, 2 more reasons below",
    );
    expect(rows(made, "Why")).toEqual([
      ["46", "didn't match Pod's node affinity/selector"],
      ["12", "Insufficient cpu"],
      ["3", "had untolerated taint {karpenter.sh/disrupted: , other}"],
    ]);
  });

  it("does not call an old out-of-memory kill a failure", () => {
    const last = { terminated: { exitCode: 137, reason: "OOMKilled", finishedAt: ago(9 * 86_400) } };
    const made = facts(
      "pods",
      pod(
        container({ running: { startedAt: ago(80_000) } }, { ready: true, restartCount: 1, lastState: last }),
      ),
    );
    expect(made.verdict?.tone).toBe("ok");
  });

  it("mentions a restart that is recent", () => {
    const last = { terminated: { exitCode: 1, reason: "Error", finishedAt: ago(300) } };
    const made = facts(
      "pods",
      pod(container({ running: { startedAt: ago(290) } }, { ready: true, restartCount: 1, lastState: last })),
    );
    expect(made.verdict?.tone).toBe("warning");
    expect(verdict(made)).toContain("exited with 1, restarted once");
  });

  it("tells a readiness probe from a crash", () => {
    const made = facts("pods", pod({ ...unready, ...container({ running: { startedAt: ago(4000) } }) }));
    expect(verdict(made)).toBe("Running, not ready for <age> | app runs but is not reported ready");
    const probed = { containers: [{ name: "app", image: "i", readinessProbe: {} }] };
    const failing = facts(
      "pods",
      pod({ ...unready, ...container({ running: { startedAt: ago(4000) } }) }, probed),
    );
    expect(verdict(failing)).toContain("its readiness probe does not pass");
    const empty = {
      conditions: [condition("Ready", "False", 60, { message: "containers with unready status: []" })],
    };
    const lost = facts("pods", pod({ ...empty, ...container({ running: {} }, { ready: true }) }));
    expect(verdict(lost)).toContain("its node does not, or a readiness gate");
  });

  it("is patient as long as the list is", () => {
    const tone = (object: object) => facts("pods", object).verdict?.tone;
    const young = { creationTimestamp: ago(60) };
    const scheduled = condition("PodScheduled", "False", 50, {
      reason: "Unschedulable",
      message: "0/3 nodes are available: 3 Insufficient cpu.",
    });
    const pending = { phase: "Pending", conditions: [scheduled] };
    expect([tone(pod(pending, {}, young)), tone(pod(pending))]).toEqual(["warning", "danger"]);
    const creating = {
      phase: "Pending",
      conditions: [condition("Ready", "False", 50)],
      ...container({ waiting: { reason: "ContainerCreating" } }),
    };
    expect([tone(pod(creating, {}, young)), tone(pod(creating))]).toEqual(["notice", "warning"]);
    const starting = (seconds: number) =>
      pod({ conditions: [condition("Ready", "False", seconds)], ...container({ running: {} }) });
    expect([tone(starting(60)), tone(starting(180))]).toEqual(["notice", "warning"]);
    expect(tone(pod({}, {}, { deletionTimestamp: ago(30) }))).toBe("notice");
    expect(tone(pod({}, {}, { deletionTimestamp: ago(90) }))).toBe("danger");
  });

  it("says what holds a pod that should be gone", () => {
    const made = facts("pods", pod({}, {}, { deletionTimestamp: ago(600), finalizers: ["corp/drain"] }));
    expect(verdict(made)).toBe("Stuck terminating, overdue by <age> | held by corp/drain");
    expect(facts("pods", pod({}, {}, { deletionTimestamp: ago(-20) })).verdict?.tone).toBe("notice");
  });

  it("gives an eviction its message", () => {
    const made = facts(
      "pods",
      pod({
        phase: "Failed",
        reason: "Evicted",
        message: "The node was low on resource: memory.",
        conditions: [],
      }),
    );
    expect(verdict(made)).toBe("Evicted by its node | The node was low on resource: memory.");
  });

  it("is unknown when the node is silent", () => {
    const made = facts(
      "pods",
      pod({
        conditions: [condition("Ready", "Unknown", 300, { message: "kubelet stopped posting" })],
        ...container({ running: { startedAt: ago(4000) } }, { ready: true }),
      }),
    );
    expect(made.verdict?.tone).toBe("unknown");
  });

  it("survives an object that is nothing like a pod", () => {
    for (const odd of [
      {},
      { spec: null, status: "x" },
      { spec: { containers: "no" }, status: { conditions: [null, 7] } },
    ]) {
      expect(facts("pods", odd).verdict).not.toBeNull();
    }
  });
});

describe("a pod's facts", () => {
  it("shows init, sidecar and debug containers with their roles", () => {
    const made = facts(
      "pods",
      pod(
        {
          initContainerStatuses: [
            { name: "migrate", state: { terminated: { exitCode: 0, finishedAt: ago(70_000) } } },
          ],
          ...container({ running: { startedAt: ago(60) } }, { ready: true }),
        },
        {
          initContainers: [
            { name: "migrate", image: "m" },
            { name: "mesh", image: "e", restartPolicy: "Always" },
          ],
          ephemeralContainers: [{ name: "debugger", image: "busybox" }],
        },
      ),
    );
    const { items } = block(made, "containers");
    expect(items.map(({ name, role, tone }) => [name, role, tone])).toEqual([
      ["migrate", "init", "ok"],
      ["mesh", "sidecar", "unknown"],
      ["app", "container", "ok"],
      ["debugger", "ephemeral", "unknown"],
    ]);
  });

  it("links where environment and volumes come from", () => {
    const made = facts(
      "pods",
      pod(container({ running: {} }, { ready: true }), {
        containers: [
          {
            name: "app",
            image: "i",
            env: [{ name: "PASS", valueFrom: { secretKeyRef: { name: "db", key: "password" } } }],
            envFrom: [{ configMapRef: { name: "api-config" } }],
          },
        ],
        volumes: [
          { name: "data", persistentVolumeClaim: { claimName: "data-0" } },
          { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
        ],
      }),
    );
    const [app] = block(made, "containers").items;
    expect(said(app?.facts ?? [], "Environment")).toEqual([
      "all of config map api-config",
      "PASS = secret db password",
    ]);
    const volumes = block(made, "facts", "Volumes").facts;
    expect(said(volumes, "data")).toEqual(["claim data-0"]);
    expect(said(volumes, "tmp")).toEqual(["empty directory, in memory, up to 64Mi"]);
    expect(volumes[0]?.lines[0]).toContainEqual(
      expect.objectContaining({
        object: { cluster: "prod-eu", kind: "persistentvolumeclaims", namespace: "payments", name: "data-0" },
      }),
    );
  });

  it("puts use, request and limit in one bar", () => {
    const usage = {
      at: ago(5),
      windowSeconds: 15,
      cpu: 84,
      memory: 0,
      containers: [{ name: "app", cpu: 84, memory: 511 * 2 ** 20 }],
    };
    const [memory, cpu] = block(
      facts("pods", pod(container({ running: {} }, { ready: true })), { metrics: usage }),
      "gauges",
    ).items;
    expect(memory).toMatchObject({
      total: 512 * 2 ** 20,
      used: 511 * 2 ** 20,
      mark: 256 * 2 ** 20,
      tone: "danger",
      text: "511 / 512 MiB · request 256 MiB",
    });
    expect(cpu).toMatchObject({
      used: 84,
      mark: 100,
      tone: "neutral",
      text: "84 m · request 100 m · no limit",
    });
  });

  it("says what machine the pod runs on, when its node can be read", () => {
    const labels = {
      "node.kubernetes.io/instance-type": "m7g.xlarge",
      "karpenter.sh/capacity-type": "spot",
      "topology.kubernetes.io/zone": "eu-west-1b",
    };
    const made = facts("pods", pod(container({ running: {} }, { ready: true })), {
      machine: { metadata: { labels } },
    });
    const placement = block(made, "facts", "Placement").facts;
    expect(said(placement, "Node")).toEqual(["ip-10-2-14-87 m7g.xlarge · spot its pods"]);
    expect(said(placement, "Zone")).toEqual(["eu-west-1b"]);
  });

  it("says not measured rather than zero", () => {
    const [memory] = block(
      facts("pods", pod(container({ running: {} }, { ready: true })), { metrics: null }),
      "gauges",
    ).items;
    expect(memory?.used).toBeNull();
    expect(memory?.text).toBe("not measured · request 256 MiB · limit 512 MiB");
  });

  it("writes probes and tolerations as sentences", () => {
    const made = facts(
      "pods",
      pod(
        {},
        {
          containers: [
            {
              name: "app",
              image: "i",
              readinessProbe: {
                httpGet: { path: "/healthz", port: "http" },
                periodSeconds: 5,
                failureThreshold: 2,
              },
            },
          ],
          tolerations: [
            {
              key: "node.kubernetes.io/not-ready",
              operator: "Exists",
              effect: "NoExecute",
              tolerationSeconds: 300,
            },
            { operator: "Exists" },
          ],
        },
      ),
    );
    expect(said(block(made, "containers").items[0]?.facts ?? [], "Readiness probe")).toEqual([
      "http get :http/healthz every 5s, timeout 1s, fails after 2",
    ]);
    expect(block(made, "table", "Tolerations").rows.map((row) => row.map(words).join())).toEqual([
      "node.kubernetes.io/not-ready NoExecute for 300 s",
      "every taint every effect",
    ]);
  });
});
