import { afterAll, beforeAll, expect, it } from "vitest";
import { objectParts, type Api } from "../../lib/api";
import { CLUSTER, KINDS, town, type Town } from "../../lib/authorisation";
import { Authority } from "../../lib/certificates";
import { describeControlPlane } from "../../lib/control-plane";
import type { Answer, Fleet, NamespaceItem, SearchAnswer } from "../../lib/contract";
import { Folder } from "../../lib/folder";
import { Periscope } from "../../lib/periscope";
import { forward, TlsServer, withoutImpersonation } from "../../lib/proxy";
import { Random } from "../../lib/random";
import { Stream } from "../../lib/stream";
import { eventually } from "../../lib/wait";

// Impersonation fails open: without its headers a request runs as whoever sent it. So whoever sends it may do nothing.
describeControlPlane("impersonation headers that are lost on the way", () => {
  let here: Town;
  let folder: Folder;
  let proxy: TlsServer;
  let periscope: Periscope;
  let admin: Api;
  let strip = false;

  beforeAll(async () => {
    here = await town(new Random(3), 1);
    folder = await Folder.make("proxy");
    const authority = await Authority.make(folder);
    const leaf = await authority.issue("proxy", { subject: "/CN=proxy" });
    const target = here.plane.console(CLUSTER);
    const pass = forward(target, (headers) => (strip ? withoutImpersonation(headers) : headers));
    proxy = await TlsServer.start({ root: authority.root, leaf }, pass);
    await (
      await here.plane.kubectl()
    ).out([
      ...["create", "clusterrolebinding", "all", "--clusterrole", "cluster-admin", "--user", "root@corp"],
    ]);
  });
  afterAll(async () => {
    await periscope?.stop();
    await proxy?.stop();
    await here?.stop();
    await folder?.remove();
  });

  const start = async () => {
    const target = { ...here.plane.console(CLUSTER), cluster: proxy.cluster };
    periscope = await Periscope.serve([{ id: CLUSTER, target }], [{ id: "root", user: "root@corp" }]);
    admin = await periscope.as("root");
  };

  const nothing = async (kind: string) => {
    const window = await admin.list(kind, { cluster: CLUSTER });
    expect(window, kind).toMatchObject({ total: 0, rows: [], facets: [] });
    expect(["refused", "unreachable"], kind).toContain(window.clusters[0]?.state.phase);
    return window;
  };

  it("leave the console with nothing to show from the start", { timeout: 120_000 }, async () => {
    strip = true;
    await start();
    for (const { id } of KINDS) await eventually(`${id} are refused`, async () => void (await nothing(id)));
    const pod = { cluster: CLUSTER, kind: "pods", namespace: "ns-a", name: "needle-pods-ns-a" };
    for (const more of [[], ["yaml"]])
      expect((await admin.problem(objectParts(pod, ...more))).status).toBeGreaterThanOrEqual(403);
    expect((await admin.json<SearchAnswer>(["search"], { q: "needle" })).hits).toEqual([]);
    for (const [kind, count] of Object.entries(await admin.counts(CLUSTER)))
      expect(count, kind).toMatchObject({ count: 0, certainty: "unknown" });
    const namespaces = await admin.json<Answer<NamespaceItem[]>>(["clusters", CLUSTER, "namespaces"]);
    expect(namespaces.data).toEqual([]);
    const fleet = await admin.json<Answer<Fleet>>(["fleet"]);
    expect(JSON.stringify(fleet)).not.toContain("needle");
    expect(fleet.data.clusters[0]?.pods ?? null).toBeNull();
    await periscope.stop();
  });

  it("are what this test is about: with them, the same person sees everything", async () => {
    strip = false;
    await start();
    for (const { id } of KINDS) {
      await eventually(`${id} are listed`, async (saw) => {
        expect(saw(await admin.list(id, { cluster: CLUSTER })).total).toBeGreaterThan(0);
      });
    }
  });

  it("take away what was shown already", { timeout: 120_000 }, async () => {
    const stream = await Stream.open(admin);
    await stream.subscribe("w", {
      ...{
        type: "window",
        kind: "pods",
        clusters: [CLUSTER],
        namespaces: [],
        filter: "",
        sort: "",
        from: 0,
        limit: 50,
      },
    });
    await stream.settles("w", "pods", ({ rows }) => expect(rows.length).toBeGreaterThan(0));
    strip = true;
    proxy.cut();
    // An allowed decision may be used for 30 s, and for no longer.
    await stream.settles("w", "no pod any more", ({ state }) => expect(state.total).toBe(0), 45_000);
    for (const { id } of KINDS) await eventually(`${id} are refused`, async () => void (await nothing(id)));
    stream.close();
  });
});
