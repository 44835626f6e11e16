import { describe, expect, it } from "vitest";
import {
  accessHref,
  parseAccess,
  parseAwsTab,
  parseWhoCan,
  whoCanHref,
  withAwsTab,
  type WhoCanState,
} from "./aws-place";
import { parsePlace } from "./place";

const searchOf = (href: string) => href.split("?")[1] ?? "";

describe("addresses of the pages about AWS", () => {
  it("are places", () => {
    expect(parsePlace("/c/prod-eu/aws/access")).toEqual({ page: "access", cluster: "prod-eu" });
    expect(parsePlace("/aws/who-can")).toEqual({ page: "who-can" });
    expect(parsePlace("/aws/findings")).toEqual({ page: "aws-findings" });
    expect(parsePlace("/c/prod-eu/aws/access/x")).toMatchObject({ page: "object" });
  });

  it("go there and back", () => {
    const state: WhoCanState = {
      action: "s3:Delete*",
      resource: "arn:aws:s3:::a&b/${aws:PrincipalTag/team}/*",
      namespace: "payments",
      clusters: ["prod-eu", "staging"],
      open: { cluster: "prod-eu", kind: "deployments.apps", namespace: "payments", name: "api" },
      part: "lambda:CreateFunction",
      sort: "-role,cluster",
    };
    expect(parseWhoCan(searchOf(whoCanHref(state)))).toEqual(state);
    const access = {
      tab: "roles",
      find: "s3 =x",
      only: "shared",
      sort: "-used",
      open: "arn:aws:iam::1:role/a/b",
    } as const;
    expect(parseAccess(searchOf(accessHref("c", access)))).toEqual(access);
  });

  it("say nothing of what is usual", () => {
    expect(accessHref("c", { tab: "principals" })).toBe("/c/c/aws/access");
    expect(whoCanHref({})).toBe("/aws/who-can");
    expect(parseAccess("tab=nonsense").tab).toBe("principals");
    expect(parseWhoCan("open=a/b").open).toBeNull();
  });
});

describe("what the tab of an object is asked", () => {
  const list = "filter=a%20b&open=prod-eu/payments/api&tab=aws";
  it("stands beside the rest of the address, which stays as it is written", () => {
    const asked = withAwsTab(list, { why: { action: "iam:PassRole", resource: "*" }, find: "s3", show: "" });
    expect(asked).toBe(`${list}&why=iam:PassRole&on=*&find=s3`);
    expect(parseAwsTab(asked)).toEqual({
      why: { action: "iam:PassRole", resource: "*" },
      find: "s3",
      show: "",
    });
    expect(withAwsTab(asked, { why: null, find: "", show: "" })).toBe(list);
  });
});
