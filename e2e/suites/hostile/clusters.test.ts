import { rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { objectParts, type Api } from "../../lib/api";
import type { Answer, Cluster, Fleet, SearchAnswer } from "../../lib/contract";
import { Folder } from "../../lib/folder";
import { Hostile, html, json, status } from "../../lib/hostile";
import { readTargets, type Target } from "../../lib/kubeconfig";
import { Periscope, type ServedCluster } from "../../lib/periscope";
import { ADMINS } from "../../lib/subject";
import type { TlsServer } from "../../lib/proxy";
import { eventually } from "../../lib/wait";
import { World } from "../../lib/world";

/** What is wrong with a cluster, and what its state must say of it. */
const WRONG: [id: string, phase: RegExp, reason: RegExp][] = [
  ["nobody", /unreachable/, /refused|connect/i],
  ["mute", /unreachable|connecting/, /.*/],
  ["slow", /unreachable|connecting/, /.*/],
  ["expired", /unreachable/, /expired/i],
  ["stranger", /unreachable/, /certificate|issuer|authority|trust/i],
  ["html", /unreachable|refused/, /JSON|HTML|not.*API server|answer/i],
  ["teapot", /unreachable|refused/, /JSON|not.*API server|answer/i],
  ["broken", /unreachable|refused/, /500|JSON|answer/i],
  ["unknown", /refused|unreachable/, /401|unauthorized|credential|token/i],
  ["moved", /unreachable|refused/, /redirect|30[12]/i],
  ["endless", /unreachable|refused|connecting/, /.*/],
  ["missing-file", /unreachable/, /no such file|cannot read/i],
  ["malformed-file", /unreachable/, /.+/],
  ["no-context", /unreachable/, /context/i],
];

describe("among bad clusters", () => {
  let folder: Folder;
  let strange: Folder;
  let world: World;
  let hostile: Hostile;
  let periscope: Periscope;
  let api: Api;
  const elsewhere: { server?: TlsServer } = {};

  async function clusters(): Promise<ServedCluster[]> {
    const good = (await readTargets(world.server)).find(({ name }) => name === "edge") as Target;
    const [attacker, server] = await hostile.answering(json(200, {}));
    elsewhere.server = server;
    const one = async (
      id: string,
      target: Target | Promise<[Target, TlsServer]>,
    ): Promise<ServedCluster> => ({
      ...{ id, target: target instanceof Promise ? (await target)[0] : target },
    });
    return Promise.all([
      one("good", good),
      one("nobody", await hostile.nobody()),
      one("mute", await hostile.mute()),
      // TLS and then nothing: the half-dead one.
      one(
        "slow",
        hostile.answering(() => undefined),
      ),
      one("expired", await hostile.expired()),
      one("stranger", await hostile.stranger(strange)),
      one("html", hostile.answering(html(200))),
      one("teapot", hostile.answering(json(200, { short: "and", stout: true }))),
      one("broken", hostile.answering(html(500))),
      one("unknown", hostile.answering(json(401, status(401, "Unauthorized", "Unauthorized")))),
      one(
        "moved",
        hostile.answering((asked, answer) => {
          answer.writeHead(302, { location: `${attacker.cluster.server}${asked.url}` });
          answer.end();
        }),
      ),
      one(
        "endless",
        hostile.answering((_, answer) => {
          answer.writeHead(200, { "content-type": "application/json" });
          const fill = () => {
            while (answer.write(`{"major":"${"9".repeat(65_536)}`)) if (answer.destroyed) return;
            answer.once("drain", fill);
          };
          fill();
        }),
      ),
      one("missing-file", await hostile.nobody()),
      one("malformed-file", await hostile.nobody()),
      one("no-context", await hostile.nobody()),
    ]);
  }

  beforeAll(async () => {
    [folder, strange] = [await Folder.make("hostile"), await Folder.make("stranger")];
    world = await World.start();
    hostile = await Hostile.make(folder);
    const spoil = async (served: Folder) => {
      await rm(served.at("missing-file.kubeconfig"));
      await writeFile(
        served.at("malformed-file.kubeconfig"),
        "apiVersion: v1\nclusters: [{name: a, cluster\n",
      );
      const other = {
        apiVersion: "v1",
        kind: "Config",
        clusters: [],
        users: [],
        contexts: [],
        "current-context": "",
      };
      await writeFile(served.at("no-context.kubeconfig"), JSON.stringify(other));
    };
    periscope = await Periscope.serve(
      await clusters(),
      [{ id: "ada", user: "ada@corp", groups: [ADMINS] }],
      spoil,
    );
    api = await periscope.as("ada");
  });
  afterAll(async () => {
    await periscope?.stop();
    await hostile?.stop();
    await world?.stop();
    await folder?.remove();
    await strange?.remove();
  });

  const states = async () => {
    const { clusters } = await api.json<{ clusters: Cluster[] }>(["clusters"]);
    return new Map(clusters.map(({ id, state }) => [id, state]));
  };

  it("the good one answers at once", async () => {
    await eventually("rows of the good cluster", async () => {
      const since = performance.now();
      const window = await api.list("pods", { cluster: "good", limit: 10 });
      expect(window.rows.length).toBe(10);
      expect(window.clusters[0]?.state.phase).toBe("live");
      expect(performance.now() - since).toBeLessThan(2_000);
    });
  });

  it.each(WRONG)("%s says what is wrong with it", async (id, phase, reason) => {
    await eventually(`the state of ${id}`, async (saw) => {
      const state = saw((await states()).get(id));
      expect(state?.phase).toMatch(phase);
      expect(state?.reason ?? "").toMatch(reason);
      // What comes from outside is quoted in part at most; that it is shown as text is the console's own test.
      expect((state?.reason ?? "").length).toBeLessThan(600);
    });
  });

  it("their lists say so, within a bound", { timeout: 120_000 }, async () => {
    for (const [id] of WRONG) {
      const since = performance.now();
      const window = await api.list("pods", { cluster: id });
      expect(performance.now() - since, id).toBeLessThan(15_000);
      expect(window, id).toMatchObject({ total: 0, rows: [] });
      expect(["unreachable", "refused", "connecting"], id).toContain(window.clusters[0]?.state.phase);
    }
  });

  it("their objects are a problem that names the cluster, within a bound", { timeout: 240_000 }, async () => {
    await Promise.all(
      WRONG.map(async ([id]) => {
        const since = performance.now();
        const where = { cluster: id, kind: "pods", namespace: "default", name: "x" };
        const problem = await api.problem(objectParts(where));
        expect(performance.now() - since, id).toBeLessThan(25_000);
        expect([403, 502, 504], `${id}: ${problem.detail}`).toContain(problem.status);
        expect(problem.detail, id).toContain(id);
      }),
    );
  });

  it("a list over all of them has the rows that there are, and the state of each", async () => {
    await eventually("the fleet-wide list", async (saw) => {
      const since = performance.now();
      const window = await api.list("pods", { limit: 500 });
      saw(window.clusters);
      expect(performance.now() - since).toBeLessThan(12_000);
      expect(window.total).toBeGreaterThan(10);
      expect(new Set(window.rows.map(({ cluster }) => cluster))).toEqual(new Set(["good"]));
      expect(window.clusters).toHaveLength(WRONG.length + 1);
      expect(window.clusters.find(({ cluster }) => cluster === "good")?.state.phase).toBe("live");
    });
  });

  it("fleet and search answer with what there is", async () => {
    const since = performance.now();
    const fleet = await api.json<Answer<Fleet>>(["fleet"]);
    expect(performance.now() - since).toBeLessThan(12_000);
    expect(fleet.data.clusters).toHaveLength(WRONG.length + 1);
    const search = await api.json<SearchAnswer>(["search"], { q: "kiosk" });
    expect(search.hits.some(({ object }) => object.cluster === "good")).toBe(true);
    expect(search.clusters.find(({ cluster }) => cluster === "nobody")?.state.phase).toBe("unreachable");
  });

  it("no redirect is followed, with credentials or without", () => {
    expect(elsewhere.server?.requests).toEqual([]);
  });

  it("the good one still answers at once, and the server is small", async () => {
    const since = performance.now();
    expect((await api.list("deployments.apps", { cluster: "good", limit: 5 })).rows).toHaveLength(5);
    expect(performance.now() - since).toBeLessThan(2_000);
    expect((await periscope.api.send("GET", "/readyz")).status).toBe(200);
    expect(await periscope.residentMiB()).toBeLessThan(200);
  });
});
