import { beforeAll, describe, expect, it } from "vitest";
import { describeControlPlane, FEW, useControlPlane } from "../../lib/control-plane";
import { Kube } from "../../lib/kube";
import { eventually } from "../../lib/wait";

const TIERS = ["read", "triage", "write", "maintain"] as const;
type Tier = (typeof TIERS)[number];

interface Question {
  verb: string;
  group?: string;
  resource: string;
  subresource?: string;
}

/** What is asked, and the tiers that may. */
const TABLE: [Question, Tier[]][] = [
  [{ verb: "list", resource: "pods" }, ["read", "triage", "write", "maintain"]],
  [{ verb: "get", resource: "pods", subresource: "log" }, ["read", "triage", "write", "maintain"]],
  [{ verb: "list", resource: "nodes" }, ["read", "triage", "write", "maintain"]],
  [{ verb: "create", resource: "pods", subresource: "exec" }, ["triage", "write", "maintain"]],
  [{ verb: "create", resource: "pods", subresource: "eviction" }, ["triage", "write", "maintain"]],
  [{ verb: "delete", resource: "pods" }, ["triage", "write", "maintain"]],
  [{ verb: "patch", group: "apps", resource: "deployments" }, ["triage", "write", "maintain"]],
  [
    { verb: "patch", group: "apps", resource: "deployments", subresource: "scale" },
    ["triage", "write", "maintain"],
  ],
  [{ verb: "delete", group: "apps", resource: "deployments" }, ["write", "maintain"]],
  [{ verb: "patch", group: "batch", resource: "cronjobs" }, ["write", "maintain"]],
  [{ verb: "create", group: "batch", resource: "jobs" }, ["write", "maintain"]],
  [{ verb: "get", resource: "secrets" }, ["write", "maintain"]],
  [{ verb: "patch", resource: "nodes" }, ["maintain"]],
  [{ verb: "delete", resource: "namespaces" }, ["maintain"]],
  [{ verb: "list", group: "rbac.authorization.k8s.io", resource: "clusterroles" }, ["maintain"]],
  [{ verb: "create", group: "rbac.authorization.k8s.io", resource: "clusterrolebindings" }, []],
  [{ verb: "delete", resource: "nodes" }, []],
];

describeControlPlane("the tiers of deploy/rbac on a real API server", () => {
  const cluster = useControlPlane({ controllers: FEW });
  let consoleItself: Kube;

  beforeAll(async () => {
    await cluster().installConsole(TIERS.map((tier) => `periscope-tier:${tier}`));
    consoleItself = new Kube(cluster().console());
    await eventually("kubernetes' own roles are put together", async () => {
      expect(await may("write", { verb: "list", resource: "pods" })).toBe(true);
    });
  });

  async function may(tier: string, { verb, group = "", resource, subresource }: Question): Promise<boolean> {
    const person = consoleItself.as({ user: "somebody@corp", groups: [`periscope-tier:${tier}`] });
    const { status, body } = await person.send(
      "POST",
      "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
      {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes: { verb, group, resource, subresource, namespace: "default" } },
      },
    );
    expect(status, JSON.stringify(body)).toBe(201);
    return (body as { status: { allowed: boolean } }).status.allowed;
  }

  describe.each(TABLE)("%o", (question, allowed) => {
    it.each(TIERS)("as %s", async (tier) => {
      expect(await may(tier, question)).toBe(allowed.includes(tier));
    });
  });

  it("cannot come as the tier that nobody was given", async () => {
    const { status } = await consoleItself
      .as({ user: "somebody@corp", groups: ["periscope-tier:admin"] })
      .send("GET", "/api/v1/pods");
    expect(status).toBe(403);
  });
});
