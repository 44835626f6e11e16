import { stat } from "node:fs/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { KubeObject } from "../../lib/kube";
import { World, type WorldOptions } from "../../lib/world";

async function start(options: WorldOptions): Promise<World> {
  const world = await World.start(options);
  onTestFinished(() => world.stop());
  return world;
}

const pods = async (world: World, cluster: string) =>
  (await world.kubectl(cluster).out(["get", "pods", "-A", "-o", "name"])).split("\n").sort();

describe("the demo world", () => {
  it("is the same for the same seed, and another for another", async () => {
    const [one, same, other] = [await start({ seed: 7 }), await start({ seed: 7 }), await start({ seed: 8 })];
    expect(await pods(one, "staging")).toEqual(await pods(same, "staging"));
    expect(await pods(one, "staging")).not.toEqual(await pods(other, "staging"));
  });

  it("has as many pods as asked for", async () => {
    const world = await start({ pods: 3_000 });
    const count = (await pods(world, "prod-eu")).length;
    expect(count).toBeGreaterThan(2_700);
    expect(count).toBeLessThan(3_300);
  });

  it("goes on by itself, unless it is told to be quiet", { timeout: 120_000 }, async () => {
    const [lively, quiet] = [await start({ lively: true }), await start({})];
    const watch = ["get", "pods", "-A", "--watch-only", "--output-watch-events", "--no-headers"];
    const [moving, still] = [lively.kubectl("prod-eu").follow(watch), quiet.kubectl("prod-eu").follow(watch)];
    try {
      await moving.line(/^(ADDED|MODIFIED|DELETED) /m, 90_000);
      expect(still.output).toBe("");
    } finally {
      await Promise.all([moving.stop(), still.stop()]);
    }
  });

  it("keeps its kubeconfigs to the person who started it", async () => {
    const world = await start({});
    for (const file of [world.admin, world.server]) expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("has trouble in staging", async () => {
    const world = await start({});
    const { items } = await world.kubectl("staging").json<{ items: KubeObject[] }>(["get", "pods", "-A"]);
    const text = JSON.stringify(items);
    for (const reason of ["CrashLoopBackOff", "ImagePullBackOff", "Unschedulable", "OOMKilled"])
      expect(text).toContain(reason);
  });
});
