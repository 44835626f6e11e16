import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { awsPythonEnv, describeAwsPython } from "../../lib/aws-python";
import { run } from "../../lib/run";
import { useWorld } from "../../lib/world";

interface Check {
  name: string;
  problems: string[];
  seen?: string[];
}

const CHECKS = {
  eks_reads: "EKS is read, page by page",
  eks_refusals: "EKS refuses with its own errors",
  eks_changes: "access entries and associations change, within EKS's rules",
  iam_reads: "IAM is read, one by one",
  iam_account_details: "an account's details hold all of it, page by page",
  policies_in_use: "a policy is used as often as it says",
  iam_refusals: "IAM refuses with its own errors",
  iam_simulation: "what a role may do is simulated, with boundary and organisation",
  iam_matched_statements: "the simulator names the statements that decide, and where they stand",
  iam_custom_simulation: "given documents are simulated, on each of several resources",
  sts_sessions: "roles are assumed where trust lets one, and sessions are held to them",
  narrowed_sessions: "a session is held to its own policy, too",
  organization: "the organisation is walked from each account to the root",
  instances: "instances are the clusters' nodes",
  bearer_tokens: "an EKS token opens its cluster and no other",
  people: "access entries and aws-auth let people in, as they say",
  pods: "service accounts become what trust and associations let them become",
  unsigned_and_unknown: "who signs nothing, with an unknown key, or with another secret is refused",
};

/** Operations that others rely on; each must have been called, and its reply held against AWS's model. */
const OPERATIONS = [
  "ec2:DescribeInstances",
  "eks-auth:AssumeRoleForPodIdentity",
  "eks:DescribeAccessEntry",
  "eks:DescribeCluster",
  "eks:DescribeClusterVersions",
  "eks:DescribePodIdentityAssociation",
  "eks:ListAccessEntries",
  "eks:ListAccessPolicies",
  "eks:ListAssociatedAccessPolicies",
  "eks:ListPodIdentityAssociations",
  "iam:GetAccountAuthorizationDetails",
  "iam:GetInstanceProfile",
  "iam:GetOpenIDConnectProvider",
  "iam:GetPolicy",
  "iam:GetPolicyVersion",
  "iam:GetRole",
  "iam:GetRolePolicy",
  "iam:ListAttachedRolePolicies",
  "iam:ListOpenIDConnectProviders",
  "iam:ListRolePolicies",
  "iam:ListRoles",
  "iam:SimulateCustomPolicy",
  "iam:SimulatePrincipalPolicy",
  "organizations:DescribeOrganization",
  "organizations:DescribePolicy",
  "organizations:ListParents",
  "organizations:ListPoliciesForTarget",
  "organizations:ListRoots",
  "sts:AssumeRole",
  "sts:AssumeRoleWithWebIdentity",
  "sts:GetCallerIdentity",
];

describeAwsPython("the demo world's AWS", () => {
  const world = useWorld();

  describeAwsPython("as boto3 sees it", () => {
    const found = new Map<string, Check>();

    beforeAll(async () => {
      const script = fileURLToPath(new URL("./client.py", import.meta.url));
      const env = { ...awsPythonEnv, PERISCOPE_AWS_ENV: world().awsEnv };
      const { stdout, stderr } = await run("python3", [script], { env, timeoutMs: 120_000 });
      for (const line of stdout.split("\n").filter(Boolean)) {
        const check = JSON.parse(line) as Check;
        found.set(check.name, check);
      }
      expect(found.size, stderr).toBe(Object.keys(CHECKS).length + 1);
    }, 150_000);

    it.each(Object.entries(CHECKS))("%s: %s", (name) => {
      expect(found.get(name)?.problems).toEqual([]);
    });

    it("has answered every operation that is relied on", () => {
      expect(found.get("operations")?.seen).toEqual(expect.arrayContaining(OPERATIONS));
    });
  });

  describeAwsPython("as the AWS CLI sees it", () => {
    const shell = (script: string) => {
      const aws = 'aws() { python3 -m awscli "$@"; }';
      const text = `set -eu\n. "${world().awsEnv}"\n${aws}\n${script}`;
      return run("sh", ["-c", text], { env: awsPythonEnv, timeoutMs: 60_000 });
    };

    it("lists clusters, and changes the account", async () => {
      const names = await shell(
        "aws eks list-clusters --query clusters --output text; periscope_aws staging; aws eks list-clusters --query clusters --output text",
      );
      expect(names.stdout.split("\n").filter(Boolean), names.stderr).toEqual(["prod-eu", "staging"]);
    });

    it("makes tokens that the cluster takes", async () => {
      const { stdout, stderr } = await shell("aws eks get-token --cluster-name prod-eu --output json");
      const { status } = JSON.parse(stdout || "{}") as { status?: { token: string } };
      expect(status?.token, stderr).toMatch(/^k8s-aws-v1\./);
      const kubectl = world().kubectl("prod-eu");
      const whoami = ["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"];
      expect(await kubectl.out([...whoami, "--token", status?.token ?? ""])).toBe("periscope-server");
    });

    it("lets people in whom nobody impersonates", async () => {
      const { stdout, stderr } = await shell(
        "periscope_aws production/sre-oncall; aws eks get-token --cluster-name prod-eu --output json",
      );
      const { status } = JSON.parse(stdout || "{}") as { status?: { token: string } };
      const kubectl = world().kubectl("prod-eu");
      const as = ["--token", status?.token ?? ""];
      expect(await kubectl.out(["get", "secrets", "-n", "payments", "-o", "name", ...as]), stderr).toContain(
        "secret/",
      );
      const refused = await kubectl.refusal(["delete", "pods", "--all", "-n", "payments", ...as]);
      expect(refused).toContain("cannot delete resource");
    });

    it("is told what it may not", async () => {
      const { code, stderr } = await shell("aws organizations list-roots");
      expect(stderr).toContain("AccessDeniedException");
      expect(code).not.toBe(0);
    });
  });
});
