import { describe, expect, it } from "vitest";
import type { Answer, EventList, Fleet, NamespaceItem, Overview, SearchAnswer } from "../../lib/contract";
import { objectParts, place } from "../../lib/api";
import type { Subject } from "../../lib/subject";
import { eventually } from "../../lib/wait";

export function accessScenarios(subject: () => Subject): void {
  describe("who may read one namespace", () => {
    it("sees that namespace, and is told what would widen it", async () => {
      const nina = await subject().as("nina");
      const { cluster } = subject();
      for (const kind of ["pods", "configmaps", "services", "widgets.e2e.periscope.dev"]) {
        const window = await nina.list(kind, { cluster });
        expect(window.total, kind).toBeGreaterThan(0);
        expect(new Set(window.rows.map(({ namespace }) => namespace)), kind).toEqual(new Set(["scene-a"]));
        expect(window.clusters[0]?.scope, kind).toEqual({ clusterWide: false, namespaces: ["scene-a"] });
      }
      const gaps = (await nina.list("pods", { cluster })).clusters[0]?.gaps ?? [];
      expect(gaps.flatMap(({ needs }) => needs)).toContainEqual(
        expect.objectContaining({ verb: "list", group: "", resource: "pods" }),
      );
    });

    it("gets no row, count or hint of another", async () => {
      const nina = await subject().as("nina");
      const { cluster } = subject();
      expect(await nina.list("pods", { cluster, namespace: "scene-b" })).toMatchObject({
        total: 0,
        rows: [],
      });
      expect(await nina.list("pods", { cluster, filter: "zulu" })).toMatchObject({ total: 0, facets: [] });
      const hits = (await nina.json<SearchAnswer>(["search"], { q: "zulu" })).hits;
      expect(hits).toEqual([]);
      await eventually("counts are counted", async (saw) => {
        const counts = saw(await nina.counts(cluster));
        expect(counts["pods"]?.count).toBe((await nina.list("pods", { cluster })).total);
        // What is not watched is asked for, cluster-wide: not known is not zero.
        expect(counts["configmaps"]).toMatchObject({ certainty: "unknown", needs: [{ verb: "list" }] });
        expect(counts["nodes"]).toMatchObject({ count: 0, certainty: "unknown" });
        const narrowed = saw(await nina.counts(cluster, { namespace: "scene-a" }));
        const { total } = await nina.list("configmaps", { cluster, namespace: "scene-a" });
        expect(narrowed["configmaps"]).toMatchObject({ count: total, certainty: "exact" });
      });
    });

    it("is offered the namespaces of its own", async () => {
      const nina = await subject().as("nina");
      const answer = await nina.json<Answer<NamespaceItem[]>>(["clusters", subject().cluster, "namespaces"]);
      expect(answer.data.map(({ name }) => name)).toEqual(["scene-a"]);
    });

    it("reads objects there and is refused elsewhere, by Kubernetes' own words", async () => {
      const nina = await subject().as("nina");
      const { cluster } = subject();
      const own = { cluster, kind: "pods", namespace: "scene-a", name: "alpha" };
      expect(await nina.object(own)).toMatchObject({ data: { object: { metadata: { name: "alpha" } } } });
      for (const name of ["alpha", "no-such-pod"]) {
        const problem = await nina.problem(objectParts({ ...own, namespace: "scene-b", name }));
        expect(problem).toMatchObject({ status: 403, code: "refused" });
        expect(problem.needs).toContainEqual(
          expect.objectContaining({ verb: "get", group: "", resource: "pods", namespace: "scene-b", name }),
        );
        expect(problem.detail).toContain('User "nina@corp" cannot get resource "pods"');
      }
      expect((await nina.problem(objectParts({ ...own, namespace: "scene-b" }, "yaml"))).status).toBe(403);
      const events = await nina.object<Answer<EventList>>({ ...own, namespace: "scene-b" }, "events");
      expect(events.data.events).toEqual([]);
      expect(events.gaps.flatMap(({ needs }) => needs)).toContainEqual(
        expect.objectContaining({ verb: "list", resource: "events", namespace: "scene-b" }),
      );
    });
  });

  describe("who may read nothing", () => {
    it("is refused, not shown an empty list", async () => {
      const nobody = await subject().as("nobody");
      const { cluster } = subject();
      for (const [kind, group] of [
        ["pods", ""],
        ["deployments.apps", "apps"],
        ["nodes", ""],
        ["secrets", ""],
        ["widgets.e2e.periscope.dev", "e2e.periscope.dev"],
        ["gadgets.e2e.periscope.dev", "e2e.periscope.dev"],
      ] as const) {
        const window = await nobody.list(kind, { cluster });
        expect(window, kind).toMatchObject({ total: 0, rows: [], facets: [] });
        const state = window.clusters[0]?.state;
        expect(state?.phase, kind).toBe("refused");
        const resource = kind.split(".")[0];
        expect(state?.needs, kind).toContainEqual(expect.objectContaining({ verb: "list", group, resource }));
      }
    });

    it("learns no number and no name from anything", async () => {
      const nobody = await subject().as("nobody");
      const { cluster } = subject();
      const counts = await nobody.counts(cluster);
      for (const [kind, count] of Object.entries(counts))
        expect(count, kind).toMatchObject({ count: 0, certainty: "unknown" });
      expect((await nobody.json<SearchAnswer>(["search"], { q: "web" })).hits).toEqual([]);
      const texts = [
        await nobody.json<Answer<Fleet>>(["fleet"]),
        await nobody.json<Answer<Overview>>(["clusters", cluster, "overview"]),
        await nobody.json(["clusters", cluster, "namespaces"]),
      ].map((answer) => JSON.stringify(answer));
      for (const text of texts) expect(text).not.toMatch(/scene-[ab]|alpha|bravo/);
    });
  });

  it("shows an administrator everything, at the same time", async () => {
    const [admin, nina] = await Promise.all([subject().as("admin"), subject().as("nina")]);
    const { cluster } = subject();
    const [all, some] = await Promise.all([
      admin.list("configmaps", { cluster, limit: 500 }),
      nina.list("configmaps", { cluster, limit: 500 }),
    ]);
    expect(all.total).toBeGreaterThan(some.total);
    expect(all.rows.map(place)).toContain("scene-b/settings");
    expect(all.clusters[0]).toMatchObject({ scope: { clusterWide: true }, gaps: [] });
  });

  it("knows nobody without a session", async () => {
    const stranger = subject().periscope.api;
    const { cluster } = subject();
    for (const parts of [
      ["session"],
      ["clusters"],
      ["fleet"],
      ["lists", "pods"],
      ["clusters", cluster, "overview"],
      ["clusters", cluster, "kinds"],
      ["clusters", cluster, "counts"],
      ["clusters", cluster, "namespaces"],
      objectParts({ cluster, kind: "pods", namespace: "scene-a", name: "alpha" }),
      ["search"],
      ["stream"],
    ])
      expect(await stranger.problem(parts), parts.join("/")).toMatchObject({
        status: 401,
        code: "unauthenticated",
      });
  });
}
