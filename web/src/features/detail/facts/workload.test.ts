import { describe, expect, it } from "vitest";
import { ago, block, facts, pods, said, verdict } from "./testing";

function deployment(status: object, spec: object = {}) {
  return {
    kind: "Deployment",
    metadata: {
      name: "api",
      namespace: "payments",
      generation: 4,
      annotations: { "deployment.kubernetes.io/revision": "42" },
    },
    spec: {
      replicas: 6,
      selector: {
        matchLabels: { app: "api" },
        matchExpressions: [
          { key: "tier", operator: "In", values: ["a", "b"] },
          { key: "canary", operator: "DoesNotExist" },
        ],
      },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
      template: { spec: { containers: [{ name: "app", image: "api:2" }] } },
      ...spec,
    },
    status: { observedGeneration: 4, ...status },
  };
}
const full = { updatedReplicas: 6, readyReplicas: 6, availableReplicas: 6, replicas: 6 };

describe("rollouts", () => {
  it("is calm when all is well", () => {
    const made = facts("deployments.apps", deployment(full));
    expect([made.verdict?.tone, verdict(made)]).toEqual(["ok", "All 6 pods ready and up to date"]);
  });

  it("is stuck at once when its deadline passed", () => {
    const made = facts(
      "deployments.apps",
      deployment({
        ...full,
        updatedReplicas: 2,
        readyReplicas: 4,
        conditions: [
          {
            type: "Progressing",
            status: "False",
            reason: "ProgressDeadlineExceeded",
            message: "ReplicaSet has timed out progressing.",
            lastTransitionTime: ago(540),
          },
        ],
      }),
    );
    expect(made.verdict?.tone).toBe("danger");
    expect(verdict(made)).toBe(
      "Rollout stuck, no progress since its deadline <age> ago | 4 of 6 ready · 2 updated · 6 available | ReplicaSet has timed out progressing.",
    );
    expect(block(made, "gauges").items.map((gauge) => gauge.text)).toEqual(["2 / 6", "4 / 6", "6 / 6"]);
  });

  it("says what its pods say, once they are known", () => {
    const related = [
      pods(
        "selects",
        ["danger", "CrashLoopBackOff"],
        ["ok", "Running"],
        ["danger", "CrashLoopBackOff"],
        ["warning", "Pending"],
      ),
    ];
    const short = deployment({ ...full, readyReplicas: 3 });
    expect(verdict(facts("deployments.apps", short, { related }))).toContain(
      "2 pods CrashLoopBackOff, 1 pod Pending",
    );
    expect(verdict(facts("deployments.apps", deployment(full), { related }))).not.toContain(
      "CrashLoopBackOff",
    );
  });

  it("names a quota that refuses pods", () => {
    const made = facts(
      "deployments.apps",
      deployment({
        conditions: [
          {
            type: "ReplicaFailure",
            status: "True",
            reason: "FailedCreate",
            message: "exceeded quota: compute",
          },
        ],
      }),
    );
    expect(verdict(made)).toContain("exceeded quota: compute");
  });

  it("does not judge figures that the controller has not renewed", () => {
    expect(verdict(facts("deployments.apps", deployment({ ...full, observedGeneration: 3 })))).toContain(
      "not yet looked at",
    );
  });

  it("honours paused, scaled to zero, OnDelete and a partition", () => {
    expect(
      facts("deployments.apps", deployment({ ...full, updatedReplicas: 1 }, { paused: true })).verdict
        ?.status,
    ).toBe("Paused");
    expect(facts("deployments.apps", deployment({}, { replicas: 0 })).verdict?.tone).toBe("neutral");
    const onDelete = deployment({ ...full, updatedReplicas: 2 }, { updateStrategy: { type: "OnDelete" } });
    expect(facts("statefulsets.apps", onDelete).verdict).toMatchObject({
      tone: "notice",
      title: "4 of 6 pods have the old template until they are deleted (OnDelete)",
    });
    const canary = deployment(
      { ...full, updatedReplicas: 1 },
      { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 5 } } },
    );
    expect(facts("statefulsets.apps", canary).verdict?.tone).toBe("notice");
  });

  it("takes a settled stateful set for updated", () => {
    const settled = deployment({
      readyReplicas: 6,
      availableReplicas: 6,
      currentReplicas: 6,
      currentRevision: "api-1",
      updateRevision: "api-1",
    });
    expect(facts("statefulsets.apps", settled).verdict?.tone).toBe("ok");
  });

  it("does not call the making of a replica set's pods a rollout", () => {
    const set = (replicas: number, status: object) =>
      verdict(
        facts("replicasets.apps", {
          metadata: { name: "api-1", namespace: "x", ownerReferences: [{ kind: "Deployment" }] },
          spec: { replicas },
          status,
        }),
      );
    expect(set(3, { replicas: 2, readyReplicas: 2 })).toBe("2 of 3 pods made");
    expect(set(0, {})).toBe("Scaled to zero: kept to roll back to");
    expect(set(2, { replicas: 2, readyReplicas: 2 })).toBe("All 2 pods ready and up to date");
  });

  it("counts a daemon set by nodes", () => {
    const made = facts("daemonsets.apps", {
      metadata: { name: "agent", namespace: "x" },
      spec: {},
      status: {
        desiredNumberScheduled: 61,
        updatedNumberScheduled: 61,
        numberReady: 60,
        numberAvailable: 60,
      },
    });
    expect(verdict(made)).toBe("1 of 61 pods not ready | 60 of 61 ready · 61 updated · 60 available");
  });

  it("turns its selector into a filter of the pod list", () => {
    const selector = block(facts("deployments.apps", deployment(full)), "facts", "Settings").facts.find(
      (fact) => fact.label === "Selector",
    );
    const href = decodeURIComponent((selector?.lines[0] as unknown as { href: string }[])[0]?.href ?? "");
    expect(href).toBe("/c/prod-eu/pods?ns=payments&filter=label:app=api label:tier=a,b !label:canary");
    expect(said([selector ?? { label: "", lines: [] }], "Selector")).toEqual([
      "app=api, tier in (a, b), no canary",
    ]);
  });
});

describe("jobs", () => {
  const job = (status: object, spec: object = {}) => ({
    metadata: { name: "import", namespace: "batch" },
    spec: { completions: 4, backoffLimit: 3, ...spec },
    status,
  });

  it("says why it failed and how often it tried", () => {
    const made = facts(
      "jobs.batch",
      job({
        failed: 4,
        conditions: [
          {
            type: "Failed",
            status: "True",
            reason: "BackoffLimitExceeded",
            message: "Job has reached the specified backoff limit",
            lastTransitionTime: ago(60),
          },
        ],
      }),
    );
    expect(verdict(made)).toBe(
      "Failed <age> ago | Job has reached the specified backoff limit | 4 failed attempts, limit 3",
    );
  });

  it("says how long it took", () => {
    const made = facts(
      "jobs.batch",
      job({
        succeeded: 4,
        startTime: ago(900),
        completionTime: ago(600),
        conditions: [{ type: "Complete", status: "True" }],
      }),
    );
    expect(verdict(made)).toBe("Completed <age> ago | took 5m");
  });

  it("tells a cron job's schedule, next run and failing last run", () => {
    const cron = (status: object) =>
      facts("cronjobs.batch", {
        metadata: { name: "nightly", namespace: "batch" },
        spec: { schedule: "30 2 * * *" },
        status,
      });
    const good = cron({ lastScheduleTime: ago(34_200), lastSuccessfulTime: ago(34_000) });
    expect(good.verdict?.tone).toBe("ok");
    expect(verdict(good)).toBe(
      "Every day at 02:30 | last run <age> ago · last success <age> ago | next 2026-11-25 02:30 UTC, in 14h",
    );
    expect(cron({ lastScheduleTime: ago(34_200), lastSuccessfulTime: ago(130_000) }).verdict?.tone).toBe(
      "warning",
    );
  });
});
