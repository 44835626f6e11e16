import { describe, expect, it } from "vitest";
import { place } from "../../lib/api";
import type { Kind } from "../../lib/contract";
import type { Subject } from "../../lib/subject";
import { eventually } from "../../lib/wait";

const listPath = ({ group, version, resource }: Kind) =>
  group === "" ? `/api/${version}/${resource}` : `/apis/${group}/${version}/${resource}`;

export function kindScenarios(subject: () => Subject): void {
  describe("kinds", () => {
    it("are all there that the cluster lets one list", async () => {
      const { cluster, kubectl } = subject();
      const api = await subject().as("admin");
      const served = (await kubectl.out(["api-resources", "--verbs", "list", "-o", "name"]))
        .trim()
        .split("\n");
      // Events are served twice; one is enough.
      const expected = served.filter((name) => name !== "events.events.k8s.io").sort();
      await eventually("every kind is known", async () => {
        expect((await api.kinds(cluster)).map(({ id }) => id).sort()).toEqual(expected);
      });
    });

    it("have names, scope and home", async () => {
      const kinds = new Map(
        (await (await subject().as("admin")).kinds(subject().cluster)).map((kind) => [kind.id, kind]),
      );
      expect(kinds.get("pods")).toMatchObject({
        kind: "Pod",
        namespaced: true,
        custom: false,
        served: "rows",
      });
      expect(kinds.get("pods")?.shortNames).toContain("po");
      expect(kinds.get("nodes")).toMatchObject({ namespaced: false });
      expect(kinds.get("secrets")).toMatchObject({ served: "live" });
      expect(kinds.get("widgets.e2e.periscope.dev")).toMatchObject({
        ...{ kind: "Widget", singular: "widget", shortNames: ["wd"], custom: true, served: "table" },
      });
    });

    it("each list what the API server lists", { timeout: 180_000 }, async () => {
      const { cluster, kube } = subject();
      const api = await subject().as("admin");
      const failed: string[] = [];
      for (const kind of await api.kinds(cluster)) {
        const truth = async () =>
          (await kube.list(listPath(kind))).map(({ metadata }) => place(metadata)).sort();
        try {
          await eventually(
            kind.id,
            async (saw) => {
              const window = await api.list(kind.id, { cluster, limit: 1 });
              expect(saw(window.clusters)[0]?.state.phase).toBe("live");
              const places = await api.places(kind.id, { cluster });
              expect(saw(places).sort()).toEqual(await truth());
              expect(window.total).toBe(places.length);
            },
            // What cannot be watched (measurements of pods that have just come) is listed every 15 seconds.
            { timeoutMs: 40_000 },
          );
        } catch (error) {
          failed.push((error as Error).message);
        }
      }
      expect(failed).toEqual([]);
    });

    it("have columns, and a cell in every one of them", async () => {
      const { cluster } = subject();
      const api = await subject().as("admin");
      for (const kind of [
        "pods",
        "deployments.apps",
        "services",
        "configmaps",
        "roles.rbac.authorization.k8s.io",
      ]) {
        const { columns, rows } = await api.list(kind, { cluster, namespace: "scene-a" });
        expect(columns.length, kind).toBeGreaterThan(1);
        expect(new Set(columns.map(({ id }) => id)).size, kind).toBe(columns.length);
        expect(rows.length, kind).toBeGreaterThan(0);
        for (const row of rows) {
          expect(row.cells, `${kind} ${row.name}`).toHaveLength(columns.length);
          expect(row).toMatchObject({ cluster, namespace: "scene-a" });
        }
      }
    });
  });
}
