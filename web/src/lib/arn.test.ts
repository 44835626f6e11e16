import { describe, expect, it } from "vitest";
import { arnName, parseArn, shortArn } from "./arn";

describe("ARNs", () => {
  it("fall into their parts, in every partition", () => {
    expect(parseArn("arn:aws-cn:s3:::bucket/key:with:colons")).toEqual({
      partition: "aws-cn",
      service: "s3",
      region: "",
      account: "",
      resource: "bucket/key:with:colons",
    });
    expect(parseArn("*")).toBeNull();
    expect(parseArn("arn:aws:s3")).toBeNull();
  });
  it("have a name", () => {
    expect(arnName("arn:aws:iam::111122223333:role/team/api")).toBe("api");
    expect(arnName("arn:aws:sts::111122223333:assumed-role/api/session")).toBe("session");
    expect(arnName("not an arn")).toBe("not an arn");
  });
  it("are short but themselves", () => {
    expect(shortArn("arn:aws:iam::111122223333:role/*")).toBe("arn:aws:iam::1111…:role/*");
    expect(shortArn("arn:aws:s3:::bucket")).toBe("arn:aws:s3:::bucket");
  });
});
