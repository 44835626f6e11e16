import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Folder } from "../../lib/folder";
import { Hostile, status } from "../../lib/hostile";
import { readTargets, type Target } from "../../lib/kubeconfig";
import { Periscope } from "../../lib/periscope";
import type { TlsServer } from "../../lib/proxy";
import { Stream } from "../../lib/stream";
import { ADMINS } from "../../lib/subject";
import { eventually, until } from "../../lib/wait";
import { World } from "../../lib/world";

const GONE = status(410, "Expired", "too old resource version: 1 (2)");
const isWatch = (asked: IncomingMessage) => /[?&]watch=(1|true)/.test(asked.url ?? "");
const PODS = /^GET \/api\/v1\/pods\?/;

type Storm = (asked: IncomingMessage, answer: ServerResponse) => void;
const STORMS: [string, Storm][] = [
  [
    "refused with 410",
    (_, answer) => {
      answer.writeHead(410, { "content-type": "application/json" });
      answer.end(JSON.stringify(GONE));
    },
  ],
  [
    "begun, and ended with 410",
    (_, answer) => {
      answer.writeHead(200, { "content-type": "application/json" });
      answer.end(`${JSON.stringify({ type: "ERROR", object: GONE })}\n`);
    },
  ],
  ["cut at once", (_, answer) => void answer.destroy()],
  [
    "garbage",
    (_, answer) => {
      answer.writeHead(200, { "content-type": "application/json" });
      answer.end('{"type":"ADDED","object":{"kind":\n<html>\n');
    },
  ],
];

describe.each(STORMS)("a cluster whose watches are %s", (_, storm) => {
  let folder: Folder;
  let world: World;
  let hostile: Hostile;
  let proxy: TlsServer;
  let periscope: Periscope;
  let raging = true;

  beforeAll(async () => {
    raging = true;
    folder = await Folder.make("storm");
    world = await World.start();
    hostile = await Hostile.make(folder);
    const targets = await readTargets(world.server);
    const good = targets.find(({ name }) => name === "edge") as Target;
    const calm = targets.find(({ name }) => name === "staging") as Target;
    const [stormy, server] = await hostile.between(good, (asked, answer) => {
      if (!raging || !isWatch(asked)) return false;
      storm(asked, answer);
      return true;
    });
    proxy = server;
    periscope = await Periscope.serve(
      [
        { id: "stormy", target: stormy },
        { id: "calm", target: calm },
      ],
      [{ id: "ada", user: "ada@corp", groups: [ADMINS] }],
    );
  });
  afterAll(async () => {
    await periscope?.stop();
    await hostile?.stop();
    await world?.stop();
    await folder?.remove();
  });

  it(
    "shows its rows, is asked with patience, follows changes, and recovers",
    { timeout: 180_000 },
    async () => {
      const api = await periscope.as("ada");
      const stream = await Stream.open(api);
      const window = (cluster: string) => ({
        ...{ type: "window" as const, kind: "pods", clusters: [cluster], namespaces: ["default"] },
        ...{ filter: "label:storm", sort: "name", from: 0, limit: 50 },
      });
      const kubectl = world.kubectl("edge");
      const run = (name: string) => kubectl.out(["run", name, "--image", "x:1", "-l", "storm=yes"]);
      await run("before");
      await stream.subscribe("w", window("stormy"));
      await stream.settles("w", "the first pod", ({ rows }) =>
        expect(rows.map(({ name }) => name)).toEqual(["before"]),
      );

      // What cannot be watched is listed again, now and then; until then the list says that it is old.
      const asked = () => proxy.requests.filter((line) => PODS.test(line)).length;
      const [since, before] = [performance.now(), asked()];
      await run("during");
      await eventually(
        "the second pod, or that the list is stale",
        (saw) => {
          const state = saw({ state: stream.window("w").clusters[0]?.state, asked: asked() - before }).state;
          const names = stream.rows("w").map(({ name }) => name);
          if (state?.phase !== "stale") expect(names).toEqual(["before", "during"]);
          else expect(state.reason).toBeTruthy();
        },
        { timeoutMs: 60_000 },
      );
      const seconds = Math.max(1, (performance.now() - since) / 1000);
      expect((asked() - before) / seconds, "requests per second").toBeLessThan(20);

      // Nobody else notices.
      const calm = await api.list("pods", { cluster: "calm", limit: 1 });
      expect(calm.clusters[0]?.state.phase).toBe("live");

      raging = false;
      await eventually(
        "it is live again",
        () => expect(stream.window("w").clusters[0]?.state.phase).toBe("live"),
        { timeoutMs: 60_000 },
      );
      await until(
        "a watch that lasts",
        (saw) => saw(proxy.requests.slice(-5)).some((line) => line.includes("watch=")),
        {
          timeoutMs: 60_000,
        },
      );
      await run("later");
      await stream.settles("w", "the third pod", ({ rows }) => expect(rows).toHaveLength(3), 60_000);
      stream.close();
    },
  );
});
