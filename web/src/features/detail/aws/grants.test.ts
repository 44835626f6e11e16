import { describe, expect, it } from "vitest";
import type { AwsAccess, Decision, GrantedAction, Identity, ServiceGrants } from "@/api/aws-contract";
import { accessSentence, actionCount, actionName, filterGrants, sensitiveOf, tally } from "./grants";

const grant = (action: string, decision: Decision, more: Partial<GrantedAction> = {}): GrantedAction => ({
  action,
  count: 1,
  accessLevel: "Read",
  sensitive: [],
  resources: ["arn:aws:s3:::logs/*"],
  except: [],
  verdict: { decision, blockedBy: [] },
  ...more,
});
const s3: ServiceGrants = {
  service: "s3",
  name: "Amazon S3",
  total: 3,
  cut: false,
  actions: [
    grant("s3:ListBucket", "denied"),
    grant("s3:DeleteObject", "conditional", {
      sensitive: ["s3-delete"],
      verdict: { decision: "conditional", condition: "aws:SourceVpc is vpc-1", blockedBy: [] },
    }),
    grant("s3:GetObject", "allowed"),
  ],
};
const kms: ServiceGrants = {
  service: "kms",
  name: "AWS KMS",
  total: 1,
  cut: false,
  actions: [grant("kms:Decrypt", "allowed")],
};
const names = (services: ServiceGrants[]) =>
  services.map(({ actions }) => actions.map(({ action }) => action));

describe("the permissions of a workload", () => {
  it("stand by weight: sensitive, allowed, denied", () => {
    expect(names(filterGrants([s3], "", null))).toEqual([
      ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket"],
    ]);
  });
  it("are found by words of the service, the action, a resource or the condition", () => {
    expect(names(filterGrants([s3, kms], "amazon get", null))).toEqual([["s3:GetObject"]]);
    expect(names(filterGrants([s3, kms], "vpc-1", null))).toEqual([["s3:DeleteObject"]]);
    expect(names(filterGrants([s3, kms], "logs decrypt", null))).toEqual([["kms:Decrypt"]]);
    expect(filterGrants([s3, kms], "nothing", null)).toEqual([]);
  });
  it("are counted by what the chips would leave", () => {
    const counts = tally([s3, kms]);
    expect(counts).toEqual({ sensitive: 1, allowed: 2, conditional: 1, denied: 1 });
    for (const show of ["sensitive", "allowed", "conditional", "denied"] as const)
      expect(filterGrants([s3, kms], "", show).flatMap(({ actions }) => actions)).toHaveLength(counts[show]);
  });
  it("are named without their service", () => {
    expect(actionName("s3:GetObject")).toBe("GetObject");
    expect(actionName("*")).toBe("*");
    expect(sensitiveOf(s3.actions)).toEqual(["s3-delete"]);
  });
});

describe("the sentence of a workload", () => {
  const identity = (role: string, state: Identity["state"], pods: number): Identity => ({
    pods,
    podNames: [],
    source: "irsa",
    roleArn: `arn:aws:iam::1:role/${role}`,
    state,
    exact: true,
    words: "",
  });
  const sentence = (identities: Identity[], said = "2 sensitive permissions") =>
    accessSentence({
      subject: { cluster: "c", kind: "pods", namespace: "n", name: "api" },
      identities,
      summary: { sensitive: 2, services: 1, admin: false, certainty: "exact", sentence: said },
    } as unknown as AwsAccess);

  it("says who it is, then what it may, then what a restart changes", () => {
    expect(sentence([identity("old", "stale", 2)])).toBe(
      "api acts as old by IRSA; 2 sensitive permissions; 2 pods run with an older identity, restart to apply",
    );
    expect(sentence([identity("new", "inForce", 2), identity("old", "stale", 1)])).toBe(
      "api acts as 2 identities at once; 2 sensitive permissions; 1 pod runs with an older identity, restart to apply",
    );
  });
  it("does not say twice what the server said", () => {
    expect(sentence([identity("r1", "inForce", 1)], "api acts as r1")).toBe("api acts as r1");
  });
  it("is a sentence about somebody where the server's is about nobody", () => {
    expect(sentence([], "can do nothing in AWS")).toBe("api can do nothing in AWS");
    expect(sentence([], "static keys are used before any role")).toBe("Static keys are used before any role");
  });
});

it("counts the actions that patterns stand for", () => {
  expect(actionCount({ ...kms, actions: [grant("kms:*", "allowed", { count: 54 })] })).toBe(54);
  expect(actionCount({ ...s3, cut: true, total: 163 })).toBe(163);
});
