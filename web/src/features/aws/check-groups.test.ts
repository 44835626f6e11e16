import { expect, it } from "vitest";
import type { Check, Finding, Severity } from "@/api/aws-contract";
import { checkGroups } from "./check-groups";

const check = (id: string, state: Check["state"], why?: string): Check => ({
  id,
  title: id,
  state,
  count: state === "found" ? 1 : 0,
  ...(why === undefined ? {} : { why }),
});
const finding = (id: string, severity: Severity): Finding => ({
  id,
  title: id,
  severity,
  cluster: "c",
  subject: { kind: "role", name: "r" },
  evidence: [],
  fix: "",
  certainty: "exact",
  workloads: [],
});

it("puts the worst first, then what is not known by its reason, what is clear last", () => {
  const groups = checkGroups({
    checked: [
      check("clear", "clear"),
      check("b", "unknown", "roles are not read"),
      check("low", "found"),
      check("c", "unknown", "no entries"),
      check("a", "unknown", "roles are not read"),
      check("worst", "found"),
    ],
    findings: [finding("low", "low"), finding("worst", "high"), finding("worst", "critical")],
  });
  expect(groups.map(({ why, checks }) => [why, checks.map((each) => each.check.id).join()])).toEqual([
    [null, "worst,low"],
    ["roles are not read", "b,a"],
    ["no entries", "c"],
    [null, "clear"],
  ]);
  expect(groups[0]?.checks[0]?.worst).toBe("critical");
});
