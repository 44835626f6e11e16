import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../lib/kube";
import { useWorld } from "../../lib/world";

const world = useWorld();

/** The words of a table's first line, and of the rest. */
function table(text: string): { head: string[]; rows: string[][] } {
  const [head = "", ...rows] = text.trimEnd().split("\n");
  const words = (line: string) => line.trim().split(/\s{2,}/);
  return { head: words(head), rows: rows.map(words) };
}

describe("kubectl reads the demo world", () => {
  it("lists pods with the columns it knows", async () => {
    const { head, rows } = table(
      await world().kubectl("prod-eu").out(["get", "pods", "--namespace", "payments"]),
    );
    expect(head).toEqual(["NAME", "READY", "STATUS", "RESTARTS", "AGE"]);
    expect(rows.length).toBeGreaterThan(20);
    for (const [name, ready, status] of rows) {
      expect(name).toMatch(/^[a-z0-9][a-z0-9.-]+$/);
      expect(ready).toMatch(/^\d+\/\d+$/);
      expect(status).toMatch(/^[A-Z]\w+$/);
    }
  });

  it("adds columns with -o wide", async () => {
    const { head, rows } = table(await world().kubectl("prod-eu").out(["get", "pods", "-A", "-o", "wide"]));
    expect(head).toEqual([
      ...["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE"],
      ...["NOMINATED NODE", "READINESS GATES"],
    ]);
    expect(rows.length).toBeGreaterThan(1_200);
  });

  it("prints YAML that it takes back", async () => {
    const kubectl = world().kubectl("prod-eu");
    const yaml = await kubectl.out(["get", "deployment/api", "--namespace", "payments", "-o", "yaml"]);
    expect(yaml).toMatch(/^apiVersion: apps\/v1\nkind: Deployment\nmetadata:\n/);
    const applied = await kubectl.out(["apply", "--dry-run=server", "-f", "-", "-o", "name"], {
      input: yaml,
    });
    expect(applied.trim()).toBe("deployment.apps/api");
  });

  it("selects by label and by field, and sorts", async () => {
    const kubectl = world().kubectl("staging");
    const all = await kubectl.json<{ items: KubeObject[] }>(["get", "pods", "-A"]);
    const pending = all.items.filter((pod) => (pod["status"] as { phase: string }).phase === "Pending");
    expect(pending.length).toBeGreaterThan(0);
    const names = async (args: string[]) =>
      (await kubectl.out(["get", "pods", "-A", "-o", "name", ...args])).trim().split("\n");
    expect(await names(["--field-selector", "status.phase=Pending"])).toHaveLength(pending.length);
    const labelled = all.items.filter(
      (pod) =>
        pod.metadata.labels?.["app.kubernetes.io/name"] === "api" && pod.metadata.namespace !== "search",
    );
    expect(
      await names([
        ...["--selector", "app.kubernetes.io/name in (api)"],
        ...["--field-selector", "metadata.namespace!=search"],
      ]),
    ).toHaveLength(labelled.length);
    const sorted = await kubectl.out([
      "get",
      "nodes",
      "-o",
      "name",
      "--sort-by",
      "{.metadata.creationTimestamp}",
    ]);
    expect(sorted.trim().split("\n").length).toBeGreaterThan(5);
  });

  it("pages through a long list and loses nothing", async () => {
    const kubectl = world().kubectl("prod-eu");
    const [paged, whole] = await Promise.all([
      kubectl.out(["get", "pods", "-A", "-o", "name", "--chunk-size", "100"]),
      kubectl.out(["get", "pods", "-A", "-o", "name", "--chunk-size", "0"]),
    ]);
    expect(paged.split("\n").sort()).toEqual(whole.split("\n").sort());
  });

  it("describes a pod, a node and what is wrong", async () => {
    const kubectl = world().kubectl("staging");
    const pods = await kubectl.json<{ items: KubeObject[] }>(["get", "pods", "--namespace", "payments"]);
    const worker = pods.items.find((pod) => pod.metadata.name.startsWith("worker-"));
    const pod = await kubectl.out([
      "describe",
      "pod",
      worker?.metadata.name ?? "",
      "--namespace",
      "payments",
    ]);
    expect(pod).toMatch(/^Controlled By: +ReplicaSet\/worker-/m);
    expect(pod).toMatch(/Last State: +Terminated\n +Reason: +OOMKilled/);
    expect(pod).toMatch(/Warning +BackOff .*Back-off restarting failed container/);
    const nodes = (await kubectl.out(["get", "nodes", "-o", "name"])).trim().split("\n");
    const node = await kubectl.out(["describe", nodes[0] ?? ""]);
    expect(node).toMatch(/^Non-terminated Pods:/m);
    expect(node).toMatch(/^Allocated resources:/m);
  });

  it.each([
    "deployment/api",
    "service/api",
    "secret/api-credentials",
    "serviceaccount/api",
    "configmap/api-config",
  ])("describes %s", async (object) => {
    const text = await world().kubectl("prod-eu").out(["describe", object, "--namespace", "payments"]);
    expect(text).toMatch(new RegExp(`^Name: +${object.split("/")[1]}$`, "m"));
  });

  it("lists custom resources with their printer columns", async () => {
    const { head, rows } = table(await world().kubectl("prod-eu").out(["get", "nodepools"]));
    expect(head.slice(0, 5)).toEqual(["NAME", "NODECLASS", "NODES", "READY", "AGE"]);
    expect(rows.map(([name]) => name)).toContain("general");
  });

  it("knows its resources, by short name and category too", async () => {
    const kubectl = world().kubectl("edge");
    const resources = await kubectl.out(["api-resources", "--verbs", "list", "-o", "name"]);
    const names = resources.trim().split("\n");
    for (const expected of ["pods", "deployments.apps", "leases.coordination.k8s.io", "secrets"])
      expect(names).toContain(expected);
    expect(await kubectl.out(["get", "deploy,sts", "-A", "-o", "name"])).toContain("deployment.apps/");
    expect(await kubectl.out(["get", "all", "--namespace", "kube-system", "-o", "name"])).toContain(
      "service/",
    );
  });

  it.each(["pods", "deployment.spec.strategy", "nodepools"])("explains %s", async (what) => {
    const text = await world().kubectl("prod-eu").out(["explain", what]);
    expect(text).toMatch(/^KIND: +\w+$/m);
    expect(text).toMatch(/^VERSION: +\S+$/m);
  });

  it("tells versions, health and events", async () => {
    const kubectl = world().kubectl("staging");
    const { serverVersion } = await kubectl.json<{ serverVersion: { gitVersion: string } }>(["version"]);
    expect(serverVersion.gitVersion).toMatch(/^v1\.34\.\d+-eks-/);
    expect(await kubectl.out(["get", "--raw", "/readyz"])).toBe("ok");
    const { head } = table(await kubectl.out(["get", "events", "--namespace", "payments"]));
    expect(head).toEqual(["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]);
  });

  it("measures", async () => {
    const kubectl = world().kubectl("prod-eu");
    const pods = table(await kubectl.out(["top", "pods", "--namespace", "payments"]));
    expect(pods.head).toEqual(["NAME", "CPU(cores)", "MEMORY(bytes)"]);
    expect(pods.rows[0]?.[1]).toMatch(/^\d+m$/);
    expect(table(await kubectl.out(["top", "nodes"])).rows.length).toBeGreaterThan(50);
  });

  it("says what is not there as the API server says it", async () => {
    const kubectl = world().kubectl("prod-eu");
    expect(await kubectl.refusal(["get", "pod", "nobody"])).toBe(
      'Error from server (NotFound): pods "nobody" not found\n',
    );
    expect(await kubectl.refusal(["get", "nonsense"])).toBe(
      'error: the server doesn\'t have a resource type "nonsense"\n',
    );
  });
});
