import { describe, expect, it } from "vitest";
import { facts, rows, verdict } from "./testing";

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
      ["secrets named db reads secrets", "get", "core"],
      ["deployments", "get, list", "apps"],
      ["* everything", "*", "*"],
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
