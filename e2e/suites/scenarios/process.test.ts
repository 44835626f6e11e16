import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer, EventList } from "../../lib/contract";
import { Periscope, periscope } from "../../lib/periscope";
import { readTargets, type Target } from "../../lib/kubeconfig";
import { Stream } from "../../lib/stream";
import { ADMINS } from "../../lib/subject";
import { eventually, until } from "../../lib/wait";
import { World } from "../../lib/world";

describe("the process", () => {
  let world: World;
  let server: Periscope;
  beforeAll(async () => {
    world = await World.start();
    const target = (await readTargets(world.server)).find(({ name }) => name === "staging") as Target;
    server = await Periscope.serve(
      [{ id: "staging", target }],
      [{ id: "ada", user: "ada@corp", groups: [ADMINS] }],
    );
  });
  afterAll(async () => {
    await server?.stop();
    await world?.stop();
  });

  it(
    "keeps events that the API server has forgotten, also over a restart",
    { timeout: 120_000 },
    async () => {
      const kubectl = world.kubectl("staging");
      const where = { cluster: "staging", kind: "deployments.apps", namespace: "platform", name: "gateway" };
      const reasons = async () => {
        const api = await server.as("ada");
        const answer = await api.object<Answer<EventList>>(where, "events");
        return answer.data.events.map(({ reason }) => reason);
      };
      await eventually("the event", async (saw) =>
        expect(saw(await reasons())).toContain("DeployHookFailed"),
      );
      const api = await server.as("ada");
      await eventually("the history begins", async (saw) => {
        const answer = saw(await api.object<Answer<EventList>>(where, "events"));
        expect(answer.data.historyStart ?? null).not.toBeNull();
      });
      await kubectl.out(["delete", "events", "-n", "platform", "--all"]);
      await until("the API server has none left", async (saw) => {
        return saw(await kubectl.out(["get", "events", "-n", "platform", "-o", "name"])) === "";
      });
      expect(await reasons()).toContain("DeployHookFailed");
      server = await server.restarted();
      await eventually("still after a restart", async (saw) => {
        expect(saw(await reasons())).toContain("DeployHookFailed");
      });
    },
  );

  it("says goodbye to its streams and ends well when asked to", async () => {
    const stream = await Stream.open(await server.as("ada"));
    const since = performance.now();
    await server.daemon.stop("SIGTERM");
    expect(performance.now() - since).toBeLessThan(8_000);
    expect(server.daemon.over).toBe("code 0");
    expect(stream.of("bye")[0]?.reason).toMatch(/stopping/);
  });

  it("describes its API, served and printed alike", async () => {
    server = await server.restarted();
    const served = await server.api.send("GET", "/api/openapi.json");
    const printed = await periscope(["openapi"]);
    expect(printed.code).toBe(0);
    expect(JSON.parse(served.text)).toEqual(JSON.parse(printed.stdout));
    const { paths } = JSON.parse(printed.stdout) as { paths: Record<string, unknown> };
    expect(Object.keys(paths)).toContain("/api/lists/{kind}");
  });

  it("refuses to show a demo to the network", async () => {
    const outcome = await periscope(["demo", "--listen", "0.0.0.0:0"]);
    expect([outcome.code, outcome.stderr]).toEqual([1, expect.stringContaining("loopback")]);
  });
});
