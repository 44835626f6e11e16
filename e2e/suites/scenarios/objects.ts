import { describe, expect, it } from "vitest";
import type {
  Answer,
  EventList,
  ObjectDetail,
  ObjectMetrics,
  Relation,
  SearchAnswer,
} from "../../lib/contract";
import { objectParts, path, place, type ObjectPlace } from "../../lib/api";
import type { KubeObject } from "../../lib/kube";
import type { Subject } from "../../lib/subject";
import { eventually, until } from "../../lib/wait";

export function objectScenarios(subject: () => Subject): void {
  const at = (kind: string, name: string, namespace: string | null = "scene-a"): ObjectPlace => ({
    ...{ cluster: subject().cluster, kind, namespace, name },
  });
  const yaml = async (where: ObjectPlace, query = {}) => {
    const api = await subject().as("admin");
    return api.send("GET", path(objectParts(where, "yaml"), query));
  };

  describe("an object", () => {
    it.each<[string, string, string | null]>([
      ["deployments.apps", "web", "scene-a"],
      ["pods", "alpha", "scene-a"],
      ["configmaps", "settings", "scene-a"],
      ["widgets.e2e.periscope.dev", "ten", "scene-a"],
      ["gadgets.e2e.periscope.dev", "half", null],
      ["namespaces", "scene-a", null],
      ["customresourcedefinitions.apiextensions.k8s.io", "widgets.e2e.periscope.dev", null],
      ["roles.rbac.authorization.k8s.io", "deployer", "scene-a"],
    ])("%s %s is what the API server has, without managed fields", async (kind, name, namespace) => {
      const { kubectl } = subject();
      const api = await subject().as("admin");
      // Controllers may write between the two reads.
      const answer = await until("both are the same", async (saw) => {
        const truth = await kubectl.json<KubeObject>([
          ...["get", kind, name, ...(namespace ? ["-n", namespace] : [])],
        ]);
        delete truth.metadata["managedFields"];
        const read = saw(await api.object<Answer<ObjectDetail>>(at(kind, name, namespace)));
        expect(read.data.object).toEqual(truth);
        return read;
      });
      expect(answer.data.kind.id).toBe(kind);
      expect(answer.data.kubectl).toContain(`kubectl get ${kind} ${name}`);
      expect(answer.sources[0]?.state.phase).toBe("live");
    });

    it("is YAML that kubectl reads back as the same object", async () => {
      const { kubectl } = subject();
      for (const [kind, name] of [
        ["deployments.apps", "web"],
        ["widgets.e2e.periscope.dev", "two"],
      ] as const) {
        await eventually(`${kind} is the same`, async (saw) => {
          const reply = saw(await yaml(at(kind, name)));
          expect(reply.headers.get("content-type")).toMatch(/^text\/yaml/);
          const args = ["annotate", "--local", "--dry-run=client", "-f", "-", "-o", "json", "e2e/none-"];
          const read = JSON.parse(await kubectl.out(args, { input: reply.text })) as KubeObject;
          const truth = await kubectl.json<KubeObject>(["get", kind, name, "-n", "scene-a"]);
          delete truth.metadata["managedFields"];
          expect(read).toEqual(truth);
        });
      }
    });

    it("has its managed fields on request only", async () => {
      expect((await yaml(at("configmaps", "settings"))).text).not.toContain("managedFields");
      expect((await yaml(at("configmaps", "settings"), { managedFields: "true" })).text).toContain(
        "managedFields",
      );
    });

    it("is never cached by anybody", async () => {
      expect((await yaml(at("configmaps", "settings"))).headers.get("cache-control")).toBe("no-store");
    });

    it("has events and relatives", async () => {
      const api = await subject().as("admin");
      const events = await api.object<Answer<EventList>>(at("deployments.apps", "web"), "events");
      expect(events.data.events).toBeInstanceOf(Array);
      await eventually("the service's ingress is a relative", async (saw) => {
        const related = await api.object<Answer<Relation[]>>(at("services", "web"), "related");
        const objects = saw(related.data).flatMap(({ items }) => items.map(({ object }) => object));
        expect(objects).toContainEqual(
          expect.objectContaining({ kind: "ingresses.networking.k8s.io", namespace: "scene-a", name: "web" }),
        );
      });
    });
  });

  it("is measured where somebody measures, and says so where nobody does", async () => {
    const api = await subject().as("admin");
    await eventually("a measurement, or why there is none", async (saw) => {
      const answer = saw(await api.object<Answer<ObjectMetrics | null>>(at("pods", "alpha"), "metrics"));
      if (answer.data) expect(answer.data.memory).toBeGreaterThan(0);
      else expect(answer.gaps.length).toBeGreaterThan(0);
    });
  });

  describe("a huge object", () => {
    it("is one row among others, and whole where it is opened", async () => {
      const { cluster, kubectl } = subject();
      const api = await subject().as("admin");
      const data = { big: "x".repeat(900_000), small: "1" };
      const huge = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "huge", namespace: "scene-a" },
        data,
      };
      await kubectl.out(["create", "-f", "-"], { input: JSON.stringify(huge) });
      try {
        await eventually("the row", async () => {
          const window = await api.list("configmaps", { cluster, namespace: "scene-a" });
          expect(window.rows.map(({ name }) => name)).toContain("huge");
          expect(JSON.stringify(window).length).toBeLessThan(100_000);
        });
        expect((await yaml(at("configmaps", "huge"))).text.length).toBeGreaterThan(900_000);
      } finally {
        await kubectl.out(["delete", "configmap", "huge", "-n", "scene-a"]);
      }
    });
  });

  describe("a Secret", () => {
    const canaries = ["canary-of-a", Buffer.from("canary-of-a").toString("base64")];

    it("is masked wherever it is shown", async () => {
      const { cluster, kubectl } = subject();
      const api = await subject().as("admin");
      // kubectl apply keeps the whole manifest in an annotation.
      const truth = await kubectl.json<KubeObject>(["get", "secret", "api-key", "-n", "scene-a"]);
      expect(JSON.stringify(truth.metadata.annotations)).toContain("canary-of-a");
      const secret = at("secrets", "api-key");
      const shown = [
        (await yaml(secret)).text,
        (await yaml(secret, { managedFields: "true" })).text,
        JSON.stringify(await api.object(secret)),
        JSON.stringify(await api.object(secret, "related")),
        JSON.stringify(await api.object(secret, "events")),
        JSON.stringify(await api.list("secrets", { cluster, namespace: "scene-a" })),
        JSON.stringify(await api.list("secrets", { cluster, filter: "canary" })),
      ];
      for (const text of shown) for (const canary of canaries) expect(text).not.toContain(canary);
      // Its keys are no secret.
      expect(shown[0]).toMatch(/^ {2}token: /m);
      expect(shown[0]).toMatch(/^kind: Secret$/m);
    });

    it("is listed live, as the one who looks", async () => {
      const { cluster } = subject();
      const [admin, nina] = await Promise.all([subject().as("admin"), subject().as("nina")]);
      const places = await admin.places("secrets", { cluster, namespace: "scene-a" });
      expect(places).toContain("scene-a/api-key");
      const refused = await nina.list("secrets", { cluster, namespace: "scene-a" });
      expect(refused).toMatchObject({ total: 0, rows: [], clusters: [{ state: { phase: "refused" } }] });
    });
  });

  describe("search", () => {
    it("finds names over kinds", async () => {
      const api = await subject().as("admin");
      await eventually("web is found", async (saw) => {
        const answer = saw(await api.json<SearchAnswer>(["search"], { q: "web", limit: 100 }));
        const found = answer.hits.map(({ object }) => `${object.kind} ${place(object)}`);
        expect(found).toContain("deployments.apps scene-a/web");
        expect(found).toContain("services scene-b/web");
        expect(answer.hits[0]?.object.name).toBe("web");
      });
    });

    it("finds nothing that is not there", async () => {
      const api = await subject().as("admin");
      expect((await api.json<SearchAnswer>(["search"], { q: "qwertzuiop" })).hits).toEqual([]);
    });
  });
}
