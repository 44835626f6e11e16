import { describe, expect, it } from "vitest";
import { keyProblem, labelValueProblem } from "./label-rules";

describe("the key of a label", () => {
  it.each(["app", "app.kubernetes.io/name", "a", "A_b-c.9", `${"p".repeat(63)}.x/${"n".repeat(63)}`])(
    "may be %s",
    (key) => expect(keyProblem(key)).toBeNull(),
  );
  it.each([
    ["", "a key is needed"],
    ["a/b/c", "one slash"],
    ["/name", "prefix before the slash is empty"],
    ["x.io/", "name after the slash is empty"],
    ["X.io/name", "DNS name"],
    ["-a", "at both ends"],
    ["a_", "at both ends"],
    ["a b", "letters, digits"],
    ["n".repeat(64), "64 characters; 63"],
    [`${"p".repeat(254)}/n`, "254 characters; 253"],
    ["über", "letters, digits"],
  ])("may not be %s", (key, why) => expect(keyProblem(key)).toContain(why));
});

describe("the value of a label", () => {
  it.each(["", "v1.2_3-a", "9"])("may be %s", (value) => expect(labelValueProblem(value)).toBeNull());
  it.each([
    ["a b", "letters, digits"],
    ["x/y", "letters, digits"],
    ["-", "at both ends"],
    ["v".repeat(64), "64 characters"],
  ])("may not be %s", (value, why) => expect(labelValueProblem(value)).toContain(why));
});
