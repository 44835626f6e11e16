import { describe, expect, it } from "vitest";
import { PERSONAS, useWorld } from "../../lib/world";

const world = useWorld();

type Persona = keyof typeof PERSONAS;

const as = (persona: Persona, cluster = "prod-eu") => {
  const { user, groups } = PERSONAS[persona];
  return world()
    .kubectl(cluster)
    .as(user, ...groups);
};

async function can(persona: Persona, question: string): Promise<string> {
  const { stdout } = await as(persona).run(["auth", "can-i", ...question.split(" ")]);
  return stdout.trim().split(/[ \n]/)[0] ?? "";
}

describe("the demo world's RBAC, asked by kubectl", () => {
  it.each<[Persona, string, string]>([
    ["alice", "delete nodes", "yes"],
    ["alice", "get secrets -n payments", "yes"],
    ["bob", "list pods -A", "yes"],
    ["bob", "list nodepools.karpenter.sh", "yes"],
    ["bob", "get secrets -n payments", "no"],
    ["bob", "patch deployments.apps -n payments", "yes"],
    ["bob", "create deployments.apps -n payments", "no"],
    ["bob", "create pods --subresource exec -n payments", "yes"],
    ["carol", "list pods -n payments", "yes"],
    ["carol", "list pods -n search", "yes"],
    ["carol", "list pods -n shop", "no"],
    ["carol", "list pods -A", "no"],
    ["carol", "list nodes", "no"],
    ["carol", "delete pods -n payments", "no"],
    ["dave", "list pods -n payments", "no"],
    ["dave", "create selfsubjectaccessreviews.authorization.k8s.io", "yes"],
  ])("%s: %s? %s", async (persona, question, answer) => {
    expect(await can(persona, question)).toBe(answer);
  });

  it("gives carol her two namespaces and refuses the rest by name", async () => {
    expect(await as("carol").out(["get", "pods", "-n", "payments", "-o", "name"])).toContain("pod/api-");
    expect(await as("carol").refusal(["get", "pods", "-n", "shop"])).toBe(
      'Error from server (Forbidden): pods is forbidden: User "carol@corp" cannot list resource "pods" in API group "" in the namespace "shop"\n',
    );
    expect(await as("carol").refusal(["get", "nodes"])).toBe(
      'Error from server (Forbidden): nodes is forbidden: User "carol@corp" cannot list resource "nodes" in API group "" at the cluster scope\n',
    );
    expect(await as("carol", "staging").refusal(["get", "pods", "-n", "payments"])).toContain("Forbidden");
  });

  it("refuses writes to who may only read", async () => {
    const scale = ["scale", "deployment/api", "-n", "payments", "--replicas", "1"];
    expect(await as("carol").refusal(scale)).toContain('cannot patch resource "deployments/scale"');
    expect(await as("bob").refusal(["get", "secrets", "-n", "payments"])).toContain("Forbidden");
    expect(await as("dave").refusal(["logs", "deployment/api", "-n", "payments"])).toContain("Forbidden");
  });
});

describe("the console's own identity in the demo world", () => {
  const server = () => world().serverKubectl("prod-eu");

  it("can do nothing by itself", async () => {
    for (const resource of ["pods", "secrets", "nodes", "namespaces"])
      expect(await server().refusal(["get", resource, "-A"])).toContain("Forbidden");
  });

  it("can be a person, but not an administrator of Kubernetes", async () => {
    const carol = server().as("carol@corp");
    expect(await carol.out(["get", "pods", "-n", "payments", "-o", "name"])).toContain("pod/");
    expect(await carol.refusal(["get", "pods", "-n", "shop"])).toContain('User "carol@corp" cannot list');
    expect(await server().as("eve", "system:masters").refusal(["get", "pods"])).toContain(
      'cannot impersonate resource "groups"',
    );
  });

  it("reads the inventory as its virtual user, without Secrets", async () => {
    const inventory = server().as("periscope:inventory");
    expect(await inventory.out(["get", "pods", "-A", "-o", "name"])).toContain("pod/");
    expect(await inventory.refusal(["get", "secrets", "-A"])).toContain("Forbidden");
    expect(await inventory.refusal(["delete", "pod", "nobody", "-n", "payments"])).toContain("Forbidden");
  });
});
