import { describe, expect, it } from "vitest";
import type { AccessPrincipal, AccountIdentity, ClusterAccess, Finding } from "@/api/aws-contract";
import {
  accessVerdict,
  awsAuthRights,
  entryRights,
  fleetFindingsVerdict,
  accountFindings,
  isMaster,
  matches,
  principalFindings,
} from "./access-words";

const principal = (more: Partial<AccessPrincipal> = {}): AccessPrincipal => ({
  arn: "arn:aws:iam::111122223333:role/dev",
  account: "111122223333",
  name: "dev",
  state: "entryOnly",
  node: false,
  roleState: "found",
  findings: [],
  ...more,
});
const access = (
  [awsAuthOnly, both, entriesOnly]: [number, number, number],
  more: Partial<ClusterAccess> = {},
): ClusterAccess => ({
  authenticationMode: "API_AND_CONFIG_MAP",
  modeWords: "both count",
  chip: { awsAuthOnly, both, entriesOnly, unknown: 0 },
  principals: [],
  mapAccounts: [],
  findings: [],
  ...more,
});
const finding: Finding = {
  id: "aws-auth-masters",
  title: "",
  severity: "critical",
  cluster: "c",
  subject: { kind: "principal", name: "dev" },
  evidence: [],
  fix: "",
  certainty: "exact",
  workloads: [],
};
const gap = { code: "MISSING_IAM_PERMISSION", what: "access entries", needs: [] };

describe("the sentence about who may enter", () => {
  it("says what the move would break before anything else", () => {
    expect(accessVerdict(access([2, 2, 4]), [])).toMatchObject({
      tone: "warning",
      title: "2 principals would lose access when aws-auth is switched off",
    });
    expect(accessVerdict(access([1, 0, 4], { authenticationMode: "API" }), []).title).toMatch(
      /may not enter any more/,
    );
  });
  it("is content only when everything was seen", () => {
    expect(accessVerdict(access([0, 0, 4]), [])).toEqual({
      tone: "ok",
      title: "4 principals enter by access entries alone",
      detail: "",
    });
    expect(accessVerdict(access([0, 0, 4]), [gap])).toMatchObject({
      tone: "unknown",
      title: /as far as was seen/,
    });
    expect(accessVerdict(access([0, 0, 0]), [gap]).title).toBe("Who may enter is not known");
  });
  it("does not call a side empty that was not seen", () => {
    const half = access([0, 0, 0]);
    expect(
      accessVerdict(
        { ...half, chip: { awsAuthOnly: 0, both: 0, entriesOnly: 0, ...half.chip, unknown: 3 } },
        [gap],
      ),
    ).toMatchObject({
      tone: "unknown",
      title: /3 principals may enter; .* not known/,
    });
  });
  it("is not content with critical findings or different rights", () => {
    const verdict = accessVerdict(
      access([0, 1, 0], { findings: [finding], principals: [principal({ sameRights: false })] }),
      [],
    );
    expect(verdict.tone).toBe("warning");
    expect(verdict.detail).toBe("1 critical finding · 1 principal with different rights on each side.");
  });
});

it("tells rights in a line", () => {
  const entry = (name: string, namespaces: string[], groups: string[] = []) => ({
    type: "STANDARD",
    username: "u",
    groups,
    policies: [{ name, arn: "", means: "", scope: { clusterWide: namespaces.length === 0, namespaces } }],
  });
  const admin = principal({ entry: entry("AmazonEKSClusterAdminPolicy", []) });
  expect(entryRights(admin)).toBe("ClusterAdmin everywhere");
  expect(isMaster(admin)).toBe(true);
  const view = principal({ entry: entry("AmazonEKSViewPolicy", ["a", "b"], ["devs"]) });
  expect(entryRights(view)).toBe("View in a, b · groups devs");
  expect(isMaster(view)).toBe(false);
  const mapped = principal({ awsAuth: { arns: [], username: "u", groups: ["system:masters"], line: 3 } });
  expect(awsAuthRights(mapped)).toBe("groups system:masters");
  expect(isMaster(mapped)).toBe(true);
});

it("never calls a fleet fine of which something was not seen", () => {
  const checked = [
    { id: "a", title: "", state: "clear" as const, count: 0 },
    { id: "b", title: "", state: "unknown" as const, count: 0 },
  ];
  expect(fleetFindingsVerdict({ findings: [], checked }, []).tone).toBe("unknown");
  expect(fleetFindingsVerdict({ findings: [], checked: checked.slice(0, 1) }, []).tone).toBe("ok");
  expect(fleetFindingsVerdict({ findings: [finding], checked }, []).title).toBe(
    "1 finding about identities in 1 cluster, 1 critical",
  );
});

it("finds rows by all words", () => {
  expect(matches("", ["x"])).toBe(true);
  expect(matches("pay API", ["payments", null, "api"])).toBe(true);
  expect(matches("pay web", ["payments", "api"])).toBe(false);
});

describe("what was found about a row", () => {
  const about = (subject: Finding["subject"], more: Partial<Finding> = {}): Finding => ({
    ...finding,
    id: "trust-without-sub",
    subject,
    ...more,
  });
  it("is what its checks found of it, and of nobody else", () => {
    const own = about({ kind: "principal", name: "dev", arn: "arn:aws:iam::111122223333:role/dev" });
    const other = about({ kind: "principal", name: "ops", arn: "arn:aws:iam::111122223333:role/ops" });
    const unchecked = { ...own, id: "another-check" };
    const row = principal({ findings: ["trust-without-sub"] });
    expect(principalFindings([own, other, unchecked], row)).toEqual([own]);
  });
  it("of a service account is also what was found of its role and of what runs as it", () => {
    const row: AccountIdentity = {
      namespace: "shop",
      name: "cart",
      exists: true,
      source: "irsa",
      roleArn: "arn:aws:iam::111122223333:role/cart",
      shadowed: false,
      crossAccount: false,
      workloads: [{ cluster: "c", kind: "jobs.batch", namespace: "shop", name: "tidy", pods: 1 }],
      findings: ["trust-without-sub"],
    };
    const all = [
      about({ kind: "serviceAccount", namespace: "shop", name: "cart" }),
      about({ kind: "role", name: "cart", arn: "arn:aws:iam::111122223333:role/cart" }),
      about(
        { kind: "workload", namespace: "shop", name: "tidy" },
        { workloads: [{ cluster: "c", kind: "jobs.batch", namespace: "shop", name: "tidy" }] },
      ),
    ];
    const elsewhere = about({ kind: "serviceAccount", namespace: "pay", name: "cart" });
    expect(accountFindings([...all, elsewhere], row)).toEqual(all);
  });
});
