import { describe, expect, it } from "vitest";
import type { Permitted } from "@/api/can-i";
import { DEPLOYMENT, kindOf, NODE } from "./testing";
import { buttonWords, dialogTitle, objectsWord, refusalWords } from "./words";

describe("how actions are spoken of", () => {
  it("names one object, and counts several", () => {
    expect(objectsWord(DEPLOYMENT, ["api"])).toBe("deployment api");
    expect(objectsWord(DEPLOYMENT, ["api", "web"])).toBe("2 deployments");
  });
  it.each([
    ["restart", DEPLOYMENT, 3, "Restart 3 deployments"],
    ["restart", DEPLOYMENT, 1, "Restart deployment"],
    ["drain", NODE, 1, "Drain node"],
    ["pause", DEPLOYMENT, 2, "Pause 2 rollouts"],
    ["label", DEPLOYMENT, 2, "Change labels of 2 deployments"],
    ["trigger", kindOf("cronjobs.batch", "CronJob"), 1, "Run now"],
  ] as const)("%s", (id, kind, count, words) => expect(buttonWords(id, kind, count)).toBe(words));
  it("has titles that read as sentences", () => {
    expect(dialogTitle("label", "deployment api")).toBe("Edit labels of deployment api");
    expect(dialogTitle("pause", "deployment api")).toBe("Pause rollout of deployment api");
    expect(dialogTitle("trigger", "cronjob sync")).toBe("Run cronjob sync now");
    expect(dialogTitle("delete", "3 pods")).toBe("Delete 3 pods");
  });
});

describe("why somebody may not", () => {
  const answer = (more: Partial<Permitted> = {}): Permitted => ({
    permission: {
      verb: "delete",
      group: "apps",
      resource: "deployments",
      namespace: "payments",
      name: "api",
    },
    allowed: false,
    grantedBy: [],
    rbacReadable: true,
    ...more,
  });
  it("names verb, resource, namespace, cluster and the roles", () => {
    const grantedBy = [
      { kind: "clusterroles.rbac.authorization.k8s.io", name: "periscope:write", tier: "write" },
      { kind: "roles.rbac.authorization.k8s.io", name: "deployer", namespace: "payments" },
    ];
    expect(refusalWords([answer({ grantedBy })], "prod-eu")).toBe(
      "You may not delete deployments.apps api in payments on prod-eu.\nGranted by clusterrole periscope:write (tier write), role deployer in payments.",
    );
  });
  it("repeats no refusal, and tells a doubt", () => {
    expect(refusalWords([answer({ reason: "you may not delete deployments.apps" })], "a")).toMatch(
      /^You may not [^\n]* on a\.\nNo role/,
    );
    expect(refusalWords([answer({ reason: "whether you may is not known: timeout" })], "a")).toContain(
      "timeout",
    );
  });
  it("tells that there is no role from that roles may not be read", () => {
    expect(refusalWords([answer()], "a")).toContain("No role of this cluster grants it.");
    expect(refusalWords([answer({ rbacReadable: false })], "a")).toContain("may not be read by you");
  });
});
