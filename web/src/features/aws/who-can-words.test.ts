import { describe, expect, it } from "vitest";
import type { Decision, WhoCan, WhoCanRow } from "@/api/aws-contract";
import { whoCanVerdict } from "./who-can-words";

const row = (name: string, decision: Decision): WhoCanRow => ({
  workload: { cluster: "prod-eu", kind: "deployments.apps", namespace: "payments", name },
  pods: 1,
  serviceAccount: "api",
  roleArn: "arn:aws:iam::1:role/r",
  source: "irsa",
  verdict: { decision, blockedBy: [] },
  matched: [],
  matchedTotal: 1,
  path: [],
  sensitive: [],
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
});
