import { describe, expect, it } from "vitest";
import type { Cluster } from "@/api/contract";
import { awsEntries, whoCanWanted } from "./aws-entries";

const cluster = (id: string, eks: boolean): Cluster => ({
  id,
  name: id,
  environment: "production",
  connection: "kubeconfig",
  eks: eks
    ? {
        arn: `arn:aws:eks:eu-west-1:111122223333:cluster/${id}`,
        region: "eu-west-1",
        accountId: "111122223333",
      }
    : null,
  version: "v1.33.4",
  state: { phase: "live", since: "2026-11-20T10:00:00Z" },
});
const clusters = [cluster("prod-eu", true), cluster("staging", true), cluster("edge", false)];
const actions = {
  date: "2026-11-01",
  notice: "",
  actions: [
    {
      action: "s3:GetObject",
      service: "s3",
      accessLevel: "Read",
      resourceTypes: ["object"],
      wildcardOnly: false,
    },
  ],
};

describe("what the palette asks of AWS", () => {
  it("reads the question in any order", () => {
    expect(whoCanWanted(":who-can s3:GetObject arn:aws:s3:::x/* payments @prod-eu")).toEqual({
      action: "s3:GetObject",
      resource: "arn:aws:s3:::x/*",
      namespace: "payments",
      clusters: ["prod-eu"],
    });
    expect(whoCanWanted("who can @staging iam:*")).toMatchObject({ action: "iam:*", clusters: ["staging"] });
    expect(whoCanWanted(":pods payments")).toBeNull();
  });

  it("offers the question as typed, then as it may go on", () => {
    const { entries, first } = awsEntries(":who-can s3:get @prod", clusters, { page: "fleet" }, actions);
    expect(first).toBe(true);
    expect(entries.map(({ href }) => href)).toEqual([
      "/aws/who-can?action=s3:get&cluster=prod-eu",
      "/aws/who-can?action=s3:GetObject&cluster=prod-eu",
    ]);
  });

  it("leads to the pages of clusters on EKS, or of the one somebody is in", () => {
    const hrefs = (text: string, place: Parameters<typeof awsEntries>[2]) =>
      awsEntries(text, clusters, place, undefined).entries.map(({ href }) => href);
    expect(hrefs(":access", { page: "fleet" }).slice(0, 2)).toEqual([
      "/c/prod-eu/aws/access",
      "/c/staging/aws/access",
    ]);
    expect(hrefs(":access roles", { page: "overview", cluster: "staging" })[0]).toMatch(/tab=/);
    expect(hrefs("aws find", { page: "overview", cluster: "staging" })).toEqual([
      "/c/staging/aws/access?tab=findings",
    ]);
    expect(hrefs("access", { page: "overview", cluster: "edge" })).toEqual([]);
    expect(hrefs("p", { page: "fleet" })).toEqual([]);
  });

  it("leaves the commands of kinds alone, and stands below what else has the name", () => {
    for (const text of [":po", ":roles", ":pods payments"])
      expect(awsEntries(text, clusters, { page: "fleet" }, undefined).entries).toEqual([]);
    expect(awsEntries("roles", clusters, { page: "fleet" }, undefined).first).toBe(false);
  });
});
