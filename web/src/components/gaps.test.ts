import { expect, it } from "vitest";
import type { Gap } from "@/api/contract";
import { joinGaps, missingPart } from "./gaps";

const gap = (what: string, resource: string): Gap => ({
  code: "MISSING_PERMISSION",
  what,
  needs: [{ verb: "list", group: "", resource }],
});

it("tells gaps that one permission would close in one line", () => {
  const joined = joinGaps([
    gap("pods of prod-eu", "pods"),
    gap("nodes of prod-eu", "nodes"),
    gap("pods of staging", "pods"),
    gap("pods of staging", "pods"),
    gap("pods outside the namespaces in which you may list them", "pods"),
  ]);
  expect(joined.map(({ what }) => what)).toEqual([
    "pods of prod-eu, staging; pods outside the namespaces in which you may list them",
    "nodes of prod-eu",
  ]);
});

it("does not say a permission twice", () => {
  const needsAws = [{ action: "eks:ListAccessEntries", resource: "arn:c", principal: "arn:p" }];
  const refused = (what: string): Gap => ({ code: "MISSING_IAM_PERMISSION", what, needs: [], needsAws });
  expect(
    missingPart(
      refused(
        "the access entries are not read: refused: eks:ListAccessEntries on arn:c for arn:p is missing (no policy allows it)",
      ),
    ),
  ).toBe("the access entries are not read: refused (no policy allows it)");
  expect(missingPart(refused("said in other words"))).toBe("said in other words");
});
