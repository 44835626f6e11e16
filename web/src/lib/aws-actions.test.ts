import { describe, expect, it } from "vitest";
import { apart, completed, fits, isPattern, prefixOf, together, typed } from "./aws-actions";

describe("actions that are asked together", () => {
  it("are one text, and come apart again however they were typed", () => {
    const actions = ["iam:PassRole", "lambda:CreateFunction"];
    expect(together(actions)).toBe("iam:PassRole + lambda:CreateFunction");
    expect(apart(together(actions))).toEqual(actions);
    expect(apart("iam:PassRole+lambda:CreateFunction +")).toEqual(actions);
  });
  it("are completed at the last of them", () => {
    expect(typed("iam:PassRole + lambda:Cr")).toBe("lambda:Cr");
    expect(typed("s3:Get")).toBe("s3:Get");
    expect(completed("iam:PassRole + lambda:Cr", "lambda:CreateFunction")).toBe(
      "iam:PassRole + lambda:CreateFunction",
    );
    expect(completed("s3:Get", "s3:GetObject")).toBe("s3:GetObject");
  });
});

describe("a pattern of actions", () => {
  it("begins with what stands before its first wildcard", () => {
    expect(prefixOf("s3:Get*Acl")).toBe("s3:Get");
    expect(prefixOf("*")).toBe("");
    expect([isPattern("s3:Get?bject"), isPattern("s3:GetObject")]).toEqual([true, false]);
  });
  it("fits as IAM's do", () => {
    const all = ["s3:GetObject", "s3:GetObjectAcl", "s3:PutObjectAcl", "s3express:GetX"];
    expect(all.filter(fits("S3:get*acl"))).toEqual(["s3:GetObjectAcl"]);
    expect(all.filter(fits("s3:?etObject"))).toEqual(["s3:GetObject"]);
    expect(all.filter(fits("*"))).toEqual(all);
    expect(["s3:GetObject", "s3xGetObject"].filter(fits("s3:Get.*"))).toEqual([]);
  });
});
