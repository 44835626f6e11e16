import { describe, expect, it } from "vitest";
import type { Decision, WhoCan, WhoCanRow } from "@/api/aws-contract";
import { explainable, whoCanVerdict } from "./who-can-words";

const row = (name: string, decision: Decision, sensitive: string[] = ["s3-delete-object"]): WhoCanRow => ({
  workload: { cluster: "prod-eu", kind: "deployments.apps", namespace: "payments", name },
  pods: 1,
  serviceAccount: "api",
  roleArn: "arn:aws:iam::1:role/r",
  source: "irsa",
  verdict: { decision, blockedBy: [] },
  matched: [],
  matchedTotal: 1,
  path: [],
  sensitive,
});
const state = { phase: "live" as const, since: "" };
const answer = (count: number, more: Partial<WhoCan> = {}): WhoCan => ({
  action: "s3:DeleteObject",
  actionsMatched: 1,
  rows: [],
  total: { count, certainty: "exact" },
  perCluster: [
    { cluster: "prod-eu", count, state, gaps: [] },
    { cluster: "staging", count: 0, state, gaps: [] },
  ],
  ...more,
});

describe("the sentence about who can", () => {
  it("counts workloads and clusters, and says how many only may", () => {
    const rows = [row("a", "allowed"), row("b", "conditional"), row("c", "allowed")];
    expect(whoCanVerdict(answer(3, { resource: "arn:aws:s3:::x/*" }), rows)).toEqual({
      tone: "warning",
      title: "3 workloads in 1 of 2 clusters can s3:DeleteObject on arn:aws:s3:::x/*",
      detail: "1 only under conditions.",
    });
  });
  it("counts conditions of the rows that have come, and says so", () => {
    expect(whoCanVerdict(answer(9), [row("a", "allowed"), row("b", "conditional")]).detail).toBe(
      "1 of the first 2 only under conditions.",
    );
  });
  it("is not sure of nobody when something was not seen", () => {
    const gaps = [{ code: "MISSING_IAM_PERMISSION", what: "roles", needs: [] }];
    expect(whoCanVerdict(answer(0), []).tone).toBe("ok");
    expect(
      whoCanVerdict(answer(0, { perCluster: [{ cluster: "a", count: 0, state, gaps }] }), []),
    ).toMatchObject({
      tone: "unknown",
      title: "No workload that was seen can s3:DeleteObject",
    });
    expect(
      whoCanVerdict(answer(2, { total: { count: 2, certainty: "atLeast" } }), [row("a", "allowed")]).title,
    ).toMatch(/^At least 2 workloads/);
  });
  it("warns only of what is sensitive", () => {
    expect(whoCanVerdict(answer(1), [row("a", "allowed")]).tone).toBe("warning");
    expect(whoCanVerdict(answer(1), [row("a", "conditional")]).tone).toBe("notice");
    expect(whoCanVerdict(answer(1), [row("a", "allowed", [])]).tone).toBe("neutral");
  });
  it("says that several are asked together", () => {
    const both = answer(1, { action: "iam:PassRole + lambda:CreateFunction", actionsMatched: 2 });
    expect(whoCanVerdict(both, [row("a", "allowed")])).toMatchObject({
      title: "1 workload in 1 of 2 clusters can iam:PassRole and lambda:CreateFunction together",
      detail: "",
    });
  });
  it("does not count a cluster of which AWS is not asked, and knows nothing when there is no other", () => {
    const edge = { cluster: "edge", count: 0, state, gaps: [{ code: "NOT_EKS", what: "edge", needs: [] }] };
    const { perCluster } = answer(0);
    expect(whoCanVerdict(answer(0, { perCluster: [...perCluster, edge] }), [])).toMatchObject({
      tone: "ok",
      title: "No workload in 0 of 2 clusters can s3:DeleteObject",
    });
    expect(whoCanVerdict(answer(0, { perCluster: [edge] }), []).tone).toBe("unknown");
  });
});

describe("what of a question a decision can be about", () => {
  const found = { ...row("a", "allowed"), matched: ["s3:DeleteBucket", "s3:DeleteObject"], matchedTotal: 21 };
  it("is each action that was asked", () => {
    expect(explainable("s3:GetObject", found)).toEqual({ actions: ["s3:GetObject"], more: 0 });
    expect(explainable("iam:PassRole + ec2:RunInstances", undefined).actions).toHaveLength(2);
  });
  it("is what a pattern found, for a pattern is decided of nobody", () => {
    expect(explainable("s3:Delete*", found)).toEqual({ actions: found.matched, more: 19 });
    expect(explainable("s3:Delete*", undefined)).toEqual({ actions: [], more: 0 });
    expect(explainable("*", undefined).actions).toEqual([]);
  });
});
