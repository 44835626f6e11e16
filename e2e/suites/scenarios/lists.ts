import { describe, expect, it } from "vitest";
import { place } from "../../lib/api";
import type { ListWindow } from "../../lib/contract";
import type { Subject } from "../../lib/subject";
import { eventually } from "../../lib/wait";

export function listScenarios(subject: () => Subject): void {
  const pods = async (query: Record<string, string | number>) => {
    const api = await subject().as("admin");
    return api.list("pods", { cluster: subject().cluster, namespace: "scene-a", ...query });
  };
  const names = (window: ListWindow) => window.rows.map(({ name }) => name);

  describe("a filter", () => {
    it.each<[string, string[]]>([
      ["alpha", ["alpha"]],
      ["label:tier=front", ["alpha", "delta", "echo-1"]],
      ["label:tier=back", ["bravo", "charlie"]],
      ["!label:tier=front label:tier", ["bravo", "charlie"]],
      ["image:other.example", ["charlie"]],
      ["image:other.example,bravo", ["bravo", "charlie"]],
      ["/^(alpha|delta)$/", ["alpha", "delta"]],
      ["label:tier !/^(alpha|delta)$/", ["bravo", "charlie", "echo-1"]],
      ["label:tier=front echo", ["echo-1"]],
      ["no-such-pod", []],
    ])("%s", async (filter, expected) => {
      const window = await pods({ filter, sort: "name" });
      // Deployments and the like have pods too where controllers run.
      expect(names(window).filter((name) => !/^(web|store|agent)-/.test(name))).toEqual(expected);
    });

    it("changes the total, not only the window", async () => {
      const [filtered, all] = await Promise.all([
        pods({ filter: "label:tier=front", limit: 1 }),
        pods({ limit: 1 }),
      ]);
      expect(filtered).toMatchObject({ total: 3 });
      expect(all.total).toBeGreaterThanOrEqual(5);
      expect(filtered.rows).toHaveLength(1);
    });
  });

  describe("a sort", () => {
    it.each<[string, string[]]>([
      ["name", ["alpha", "bravo", "charlie", "delta", "echo-1"]],
      ["-name", ["echo-1", "delta", "charlie", "bravo", "alpha"]],
      // As quantities, not as text: 30m < 100m < 250m < 1500m < 2.
      ["cpu", ["echo-1", "alpha", "delta", "charlie", "bravo"]],
      ["-cpu", ["bravo", "charlie", "delta", "alpha", "echo-1"]],
      // 2000Ki < 64Mi < 128Mi < 900Mi < 1Gi.
      ["memory", ["echo-1", "alpha", "delta", "charlie", "bravo"]],
    ])("%s", async (sort, expected) => {
      expect(names(await pods({ sort, filter: "label:tier" }))).toEqual(expected);
    });

    it("is stable and total: two columns, then the place", async () => {
      const api = await subject().as("admin");
      const query = { cluster: subject().cluster, filter: "label:tier", sort: "-cpu,name" };
      const places = await api.places("pods", query);
      expect(places).toEqual([
        ...["scene-a/bravo", "scene-a/charlie", "scene-b/alpha", "scene-b/zulu"],
        ...["scene-a/delta", "scene-a/alpha", "scene-a/echo-1"],
      ]);
    });
  });

  describe("windows", () => {
    it("follow each other without a gap, by place and by cursor", async () => {
      // Of those that stay: a controller may still be making others.
      const filter = "label:tier";
      const whole = names(await pods({ sort: "name", filter }));
      const byPlace: string[] = [];
      for (let from = 0; from < whole.length; from += 2)
        byPlace.push(...names(await pods({ sort: "name", filter, from, limit: 2 })));
      expect(byPlace).toEqual(whole);
      const api = await subject().as("admin");
      const query = { cluster: subject().cluster, namespace: "scene-a", sort: "name", limit: 2, filter };
      expect(await api.places("pods", query)).toEqual(whole.map((name) => `scene-a/${name}`));
    });

    it("go on at the right row when rows before them come and go", async () => {
      const { cluster, kubectl } = subject();
      const api = await subject().as("admin");
      const query = { cluster, namespace: "scene-a", sort: "name", limit: 2, filter: "label:tier" };
      const first = await api.list("pods", query);
      expect(names(first)).toEqual(["alpha", "bravo"]);
      await kubectl.out([
        "run",
        "aaa",
        "-n",
        "scene-a",
        "--image",
        "registry.example/a:1",
        "-l",
        "tier=none",
      ]);
      try {
        await eventually("the new pod is listed", async () => {
          expect(names(await api.list("pods", query))).toEqual(["aaa", "alpha"]);
        });
        const second = await api.list("pods", { ...query, cursor: first.nextCursor ?? "" });
        expect(names(second)).toEqual(["charlie", "delta"]);
        const back = await api.list("pods", { ...query, cursor: second.prevCursor ?? "" });
        expect(names(back)).toEqual(["alpha", "bravo"]);
      } finally {
        await kubectl.out(["delete", "pod", "aaa", "-n", "scene-a", "--now"]);
      }
      await eventually("it is gone again", async () => {
        expect(names(await api.list("pods", query))).toEqual(["alpha", "bravo"]);
      });
    });

    it("say where they stand and what they rest on", async () => {
      const window = await pods({ sort: "name", from: 1, limit: 2, filter: "label:tier" });
      expect(window).toMatchObject({ from: 1, total: 5, clusters: [{ state: { phase: "live" }, gaps: [] }] });
      expect(Date.parse(window.asOf)).toBeGreaterThan(Date.now() - 60_000);
      expect((await pods({ from: 5_000 })).rows).toEqual([]);
    });
  });

  it("covers the namespaces it is asked for", async () => {
    const api = await subject().as("admin");
    const { cluster } = subject();
    const both = await api.list("configmaps", {
      cluster,
      namespace: ["scene-a", "scene-b"],
      filter: "settings",
    });
    expect(both.rows.map(place).sort()).toEqual(["scene-a/settings", "scene-b/settings"]);
    const none = await api.list("configmaps", { cluster, namespace: "no-such-namespace" });
    expect(none).toMatchObject({ total: 0, rows: [] });
  });

  it("never shows what a ConfigMap holds", async () => {
    const api = await subject().as("admin");
    const text = JSON.stringify(
      await api.list("configmaps", { cluster: subject().cluster, namespace: "scene-a" }),
    );
    expect(text).not.toContain("hello");
  });
}
