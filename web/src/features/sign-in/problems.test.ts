import { describe, expect, it } from "vitest";
import { requestId, signInProblem } from "./problems";

const CODES = [
  "login_expired",
  "provider_refused",
  "provider_unreachable",
  "token_invalid",
  "groups_claim_missing",
  "identity_reserved",
  "identity_invalid",
  "not_recorded",
];

describe("why a sign-in failed", () => {
  it.each(CODES)("%s has words of its own", (code) => {
    const { title, advice } = signInProblem(code);
    expect(title).not.toBe(signInProblem("anything").title);
    expect(advice.length).toBeGreaterThan(40);
  });
  it.each(["", "constructor", "<b>x</b>"])("%s has the general ones", (code) =>
    expect(signInProblem(code).title).toBe("You could not be signed in"),
  );
  it("repeats nothing from the address but ids", () => {
    expect(requestId("b7f2-000012")).toBe("b7f2-000012");
    for (const text of [null, "", "<script>", "call 555 1234", "x".repeat(65)])
      expect(requestId(text)).toBeNull();
  });
});
