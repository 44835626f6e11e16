import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "@/api/contract";
import { formatPermission } from "@/lib/permission";
import { ACTIONS, actionsOf, actionSpec, type ActionId } from "./catalogue";
import { meaningful, stateReason } from "./object-state";
import { DEPLOYMENT, kindOf, NODE } from "./testing";

const ids = (kind: Parameters<typeof actionsOf>[0]) => actionsOf(kind).map(({ id }) => id);
const needs = (id: ActionId, kind = DEPLOYMENT) =>
  actionSpec(id)
    .needs(kind, { namespace: kind.namespaced ? "payments" : null, name: "api" })
    .map(formatPermission);

describe("the actions of a kind", () => {
  it.each([
    [DEPLOYMENT, ["restart", "scale", "rollback", "pause", "resume", "label", "annotate", "delete"]],
    [
      kindOf("statefulsets.apps", "StatefulSet"),
      ["restart", "scale", "rollback", "label", "annotate", "delete"],
    ],
    [kindOf("daemonsets.apps", "DaemonSet"), ["restart", "rollback", "label", "annotate", "delete"]],
    [kindOf("cronjobs.batch", "CronJob"), ["trigger", "suspend", "unsuspend", "label", "annotate", "delete"]],
    [kindOf("jobs.batch", "Job"), ["suspend", "unsuspend", "label", "annotate", "delete"]],
    [NODE, ["cordon", "uncordon", "drain", "label", "annotate", "delete"]],
    [kindOf("pods", "Pod"), ["evict", "label", "annotate", "delete"]],
    [kindOf("widgets.example.com", "Widget", { custom: true }), ["label", "annotate", "delete"]],
  ])("of %s", (kind, expected) => expect(ids(kind)).toEqual(expected));

  it("are only those that discovery knows a verb for", () => {
    expect(ids(kindOf("componentstatuses", "ComponentStatus", { verbs: ["get", "list"] }))).toEqual([]);
    expect(ids(kindOf("x.y", "X", { verbs: ["delete"] }))).toEqual(["delete"]);
  });

  it("scale what has replicas, also of a kind of one's own", () => {
    const widget = kindOf("widgets.example.com", "Widget", { custom: true });
    const ids = (object?: KubernetesObject) => actionsOf(widget, object).map(({ id }) => id);
    expect(ids({ spec: { replicas: 2 } })).toContain("scale");
    expect(ids({ spec: {} })).not.toContain("scale");
  });

  it("have keys that no two share", () => {
    const keys = ACTIONS.flatMap(({ key }) => key ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("what an action needs", () => {
  it.each([
    ["scale", DEPLOYMENT, ["patch deployments.apps/scale api in payments"]],
    ["restart", DEPLOYMENT, ["patch deployments.apps api in payments"]],
    ["delete", DEPLOYMENT, ["delete deployments.apps api in payments"]],
    ["evict", kindOf("pods", "Pod"), ["create pods/eviction api in payments"]],
    ["trigger", kindOf("cronjobs.batch", "CronJob"), ["create jobs.batch in payments"]],
    ["cordon", NODE, ["patch nodes api"]],
    ["drain", NODE, ["patch nodes api", "list pods"]],
  ] as const)("%s of %s", (id, kind, expected) => expect(needs(id, kind)).toEqual(expected));
});

describe("what the object's own state says", () => {
  const left = (object: KubernetesObject, kind = DEPLOYMENT) =>
    meaningful(actionsOf(kind), object).map(({ id }) => id);
  it("offers the one of two opposites that is not so yet", () => {
    expect(left({ spec: { paused: true } })).toContain("resume");
    expect(left({ spec: { paused: true } })).not.toContain("pause");
    expect(left({ spec: {} })).not.toContain("resume");
    expect(left({ spec: { unschedulable: true } }, NODE)).toContain("uncordon");
    expect(left({ spec: { unschedulable: true } }, NODE)).not.toContain("cordon");
  });
  it("offers both of an object that was not read", () =>
    expect(meaningful(actionsOf(DEPLOYMENT), undefined)).toEqual(actionsOf(DEPLOYMENT)));
  it("says why an action would do nothing", () => {
    expect(stateReason("restart", { spec: { paused: true } })).toContain("paused");
    expect(stateReason("restart", { spec: {} })).toBeNull();
    expect(stateReason("evict", { status: { phase: "Succeeded" } })).toContain("ended");
    const job = { kind: "Job", status: { conditions: [{ type: "Complete", status: "True" }] } };
    expect(stateReason("suspend", job)).toBe("the job has ended");
    expect(stateReason("suspend", { ...job, kind: "CronJob" })).toBeNull();
  });
});
