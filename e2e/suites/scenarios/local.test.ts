import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Api } from "../../lib/api";
import type { Answer, Cluster, NamespaceItem } from "../../lib/contract";
import { describeControlPlane, FEW, useControlPlane } from "../../lib/control-plane";
import { kubeconfig } from "../../lib/kubeconfig";
import { Periscope } from "../../lib/periscope";
import { Stream } from "../../lib/stream";
import { eventually, until } from "../../lib/wait";

// `periscope serve --kubeconfig`: for one person, as whoever the kubeconfig says; nothing is impersonated.
describeControlPlane("a kubeconfig of one's own", () => {
  const plane = useControlPlane({ controllers: FEW });
  let periscope: Periscope;
  let api: Api;

  beforeAll(async () => {
    const kubectl = await plane().kubectl();
    const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}.json`, import.meta.url));
    for (const file of ["widgets", "people"]) await kubectl.out(["apply", "-f", fixture(file)]);
    await until(
      "the scene is set",
      async (saw) => saw(await kubectl.run(["apply", "-f", fixture("scene")])).code === 0,
    );
    const admin = { ...(await plane().admin()), name: "as-admin" };
    const config = kubeconfig([
      admin,
      await plane().person("nina@corp", "as-nina"),
      plane().console("as-console"),
    ]);
    for (const { name, context } of config.contexts) if (name === "as-nina") context.namespace = "scene-a";
    periscope = await Periscope.local(config);
    api = periscope.api;
  });
  afterAll(() => periscope?.stop());

  it("needs no sign-in, and makes each context a cluster", async () => {
    expect(await api.json(["session"])).toMatchObject({ mode: "local" });
    await eventually("both are live", async (saw) => {
      const { clusters } = saw(await api.json<{ clusters: Cluster[] }>(["clusters"]));
      expect(clusters.map(({ id, state }) => [id, state.phase])).toEqual([
        ["as-admin", "live"],
        ["as-nina", "live"],
        ["as-console", "live"],
      ]);
      expect(clusters[0]?.version).toMatch(/^v1\.\d+\.\d+/);
    });
  });

  it("shows an administrator everything, live", async () => {
    await eventually("all config maps", async () => {
      const places = await api.places("configmaps", { cluster: "as-admin" });
      expect(places).toContain("scene-a/settings");
      expect(places).toContain("scene-b/settings");
    });
    const stream = await Stream.open(api);
    await stream.subscribe("w", {
      ...{ type: "window", kind: "configmaps", clusters: ["as-admin"], namespaces: ["scene-a"] },
      ...{ filter: "", sort: "name", from: 0, limit: 50 },
    });
    await (await plane().kubectl()).out(["create", "configmap", "seen", "-n", "scene-a"]);
    await stream.settles("w", "the new one", ({ places }) => expect(places).toContain("scene-a/seen"));
    stream.close();
  });

  it("goes namespace by namespace where the whole cluster is refused", async () => {
    for (const kind of ["pods", "configmaps", "widgets.e2e.periscope.dev"]) {
      await eventually(kind, async (saw) => {
        const window = saw(await api.list(kind, { cluster: "as-nina", limit: 500 }));
        expect(new Set(window.rows.map(({ namespace }) => namespace))).toEqual(new Set(["scene-a"]));
        expect(window.clusters[0]?.scope).toEqual({ clusterWide: false, namespaces: ["scene-a"] });
      });
    }
    const namespaces = await api.json<Answer<NamespaceItem[]>>(["clusters", "as-nina", "namespaces"]);
    expect(namespaces.data.map(({ name }) => name)).toEqual(["scene-a"]);
    const secrets = await api.list("secrets", { cluster: "as-nina" });
    expect(secrets).toMatchObject({ total: 0, clusters: [{ state: { phase: "refused" } }] });
  });

  it("reads objects as the same person", async () => {
    const pod = { kind: "pods", namespace: "scene-b", name: "alpha" };
    expect(await api.object({ ...pod, cluster: "as-admin" })).toMatchObject({
      data: { object: { kind: "Pod" } },
    });
    const problem = await api.problem(["clusters", "as-nina", "objects", pod.kind, pod.namespace, pod.name]);
    expect(problem).toMatchObject({ status: 403, code: "refused" });
  });

  it("shows nothing to an identity that may do nothing", async () => {
    await eventually("the refusal", async (saw) => {
      const window = saw(await api.list("pods", { cluster: "as-console" }));
      expect(window).toMatchObject({ total: 0, rows: [], clusters: [{ state: { phase: "refused" } }] });
    });
  });
});
