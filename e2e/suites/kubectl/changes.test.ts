import { beforeAll, describe, expect, it } from "vitest";
import { manifest, type Deployment } from "../../lib/deployment";
import { until } from "../../lib/wait";
import { useWorld } from "../../lib/world";

const world = useWorld();

describe("kubectl changes the demo world", () => {
  const raw = () => world().kubectl("staging");
  const kubectl = (args: string[], input?: string) =>
    raw().out(["--namespace", "changed", ...args], input === undefined ? {} : { input });
  const get = async () => JSON.parse(await kubectl(["get", "deployment/web", "-o", "json"])) as Deployment;
  beforeAll(async () => {
    await raw().out(["create", "namespace", "changed"]);
    await kubectl(["apply", "-f", "-"], manifest("web:1"));
  });

  it("scales, and the pods follow", async () => {
    await kubectl(["scale", "deployment/web", "--replicas", "5"]);
    await until("five pods are ready", async (saw) => saw((await get()).status).readyReplicas === 5);
    await kubectl(["scale", "deployment/web", "--replicas", "1"]);
    await until("one pod is left", async (saw) => {
      const pods = saw(await kubectl(["get", "pods", "-o", "name"]));
      return pods.trim().split("\n").length === 1;
    });
    const precondition = ["scale", "deployment/web", "--replicas", "3", "--current-replicas", "9"];
    expect(await raw().refusal(["--namespace", "changed", ...precondition])).toMatch(
      /Expected replicas to be 9, was 1/i,
    );
  });

  it("rolls out, remembers, and rolls back", async () => {
    const history = async () =>
      (await kubectl(["rollout", "history", "deployment/web"])).match(/^\d+/gm) ?? [];
    const before = (await history()).length;
    await kubectl(["set", "image", "deployment/web", "web=web:9"]);
    await kubectl(["rollout", "status", "deployment/web", "--timeout", "40s"]);
    expect(await history()).toHaveLength(before + 1);
    await kubectl(["rollout", "undo", "deployment/web"]);
    expect((await get()).spec.template.spec.containers[0]?.image).toBe("web:1");
    await kubectl(["rollout", "restart", "deployment/web"]);
    await kubectl(["rollout", "status", "deployment/web", "--timeout", "40s"]);
  });

  it("creates a job that ends", async () => {
    await kubectl(["create", "job", "once", "--image", "once:1", "--", "true"]);
    await kubectl(["wait", "job/once", "--for", "condition=Complete", "--timeout", "50s"]);
  });

  it("cordons a node, and nothing new runs there", async () => {
    const nodes = (await kubectl(["get", "nodes", "-o", "name"])).trim().split("\n");
    const [node = ""] = nodes;
    await kubectl(["cordon", node]);
    expect(await kubectl(["get", node])).toContain("Ready,SchedulingDisabled");
    await kubectl(["uncordon", node]);
    expect(await kubectl(["get", node])).not.toContain("SchedulingDisabled");
  });

  it("deletes an object with what it owns, and a namespace with what is in it", async () => {
    await kubectl(["delete", "deployment/web"]);
    await until("its pods and replica sets are gone", async (saw) => {
      const left = await kubectl(["get", "pods,replicasets", "-o", "name", "-l", "app=web"]);
      return saw(left) === "";
    });
    await kubectl(["create", "configmap", "left-behind"]);
    await raw().out(["delete", "namespace", "changed", "--timeout", "40s"], { timeoutMs: 50_000 });
    expect(await kubectl(["get", "configmaps", "-o", "name"])).toBe("");
    expect(await raw().refusal(["--namespace", "changed", "create", "configmap", "late"])).toContain(
      'namespaces "changed" not found',
    );
  });
});
