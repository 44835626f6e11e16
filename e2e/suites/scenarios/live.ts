import { describe, expect, it, onTestFinished } from "vitest";
import type { Subscription } from "../../lib/contract";
import { Stream } from "../../lib/stream";
import type { Subject } from "../../lib/subject";
import { eventually, until } from "../../lib/wait";

export function liveScenarios(subject: () => Subject): void {
  const open = async (persona: string) => {
    const stream = await Stream.open(await subject().as(persona));
    onTestFinished(() => stream.close());
    return stream;
  };
  const window = (kind: string, more: object = {}): Subscription =>
    ({
      ...{ type: "window", kind, clusters: [subject().cluster], namespaces: ["scene-a"] },
      ...{ filter: "", sort: "name", from: 0, limit: 50 },
      ...more,
    }) as Subscription;

  describe("a stream", () => {
    it("shows what kubectl changes: a new row, a new cell, a row that goes", async () => {
      const { kubectl } = subject();
      const stream = await open("admin");
      await stream.subscribe("cm", window("configmaps"));
      await stream.settles("cm", "the list is there", ({ places }) =>
        expect(places).toContain("scene-a/settings"),
      );
      const before = stream.window("cm").total;
      await kubectl.out(["create", "configmap", "fresh", "-n", "scene-a", "--from-literal", "a=1"]);
      await stream.settles("cm", "the new row", ({ state, places }) => {
        expect(places).toContain("scene-a/fresh");
        expect(state.total).toBe(before + 1);
      });
      const data = () => {
        const at = stream.window("cm").columns.findIndex(({ title }) => title === "Data");
        return stream.rows("cm").find(({ name }) => name === "fresh")?.cells[at];
      };
      expect(data()).toBe(1);
      await kubectl.out(["patch", "configmap", "fresh", "-n", "scene-a", "-p", '{"data":{"b":"2"}}']);
      await until("two keys", (saw) => saw(data()) === 2);
      await kubectl.out(["delete", "configmap", "fresh", "-n", "scene-a"]);
      await stream.settles("cm", "the row is gone", ({ state, places }) => {
        expect(places).not.toContain("scene-a/fresh");
        expect(state.total).toBe(before);
      });
    });

    it("keeps a sorted, filtered window of custom resources", async () => {
      const { kubectl } = subject();
      const api = await subject().as("admin");
      const kind = "widgets.e2e.periscope.dev";
      const size = (await api.list(kind, { cluster: subject().cluster })).columns.find(
        ({ title }) => title === "Size",
      );
      const stream = await open("admin");
      await stream.subscribe("w", window(kind, { sort: `-${size?.id}`, filter: "!bare", limit: 2 }));
      const names = (expected: string[]) =>
        stream.settles("w", expected.join(" "), ({ rows }) =>
          expect(rows.map(({ name }) => name)).toEqual(expected),
        );
      await names(["thousand", "ten"]);
      const resize = (name: string, to: number) =>
        kubectl.out([
          "patch",
          "widget",
          name,
          "-n",
          "scene-a",
          "--type",
          "merge",
          "-p",
          `{"spec":{"size":${to}}}`,
        ]);
      await resize("two", 5_000);
      await names(["two", "thousand"]);
      await resize("two", 2);
      await names(["thousand", "ten"]);
      await stream.subscribe("w", window(kind, { sort: `${size?.id}`, filter: "!bare", limit: 2 }));
      await names(["two", "ten"]);
    });

    it("tells counts, and that an object changed and went", async () => {
      const { cluster, kubectl } = subject();
      const stream = await open("admin");
      await stream.subscribe("n", { type: "counts", cluster, namespaces: ["scene-a"] });
      await until("services are counted", () => stream.of("counts").at(-1)?.counts["services"]?.count === 1);
      await kubectl.out(["create", "service", "clusterip", "second", "-n", "scene-a", "--tcp", "80:80"]);
      const where = { cluster, kind: "services", namespace: "scene-a", name: "second" };
      await stream.subscribe("o", { type: "object", ...where });
      await until("two services", (saw) => saw(stream.of("counts").at(-1))?.counts["services"]?.count === 2);
      await kubectl.out(["label", "service", "second", "-n", "scene-a", "a=b"]);
      await until("the nudge", () => stream.of("object").some(({ deleted }) => !deleted));
      await kubectl.out(["delete", "service", "second", "-n", "scene-a"]);
      await until("the end", (saw) => saw(stream.of("object")).some(({ deleted }) => deleted));
      await until("one service", (saw) => saw(stream.of("counts").at(-1))?.counts["services"]?.count === 1);
    });

    it("goes on after a loss where it was, or starts over and says so", async () => {
      const { kubectl } = subject();
      const api = await subject().as("admin");
      const stream = await Stream.open(api);
      await stream.subscribe("cm", window("configmaps"));
      await stream.settles("cm", "the list", ({ places }) => expect(places).toContain("scene-a/settings"));
      stream.close();
      await kubectl.out(["create", "configmap", "meanwhile", "-n", "scene-a"]);
      try {
        const again = await Stream.open(api, { stream: stream.id, lastEvent: stream.lastEvent });
        expect(again.of("hello")[0]).toMatchObject({ stream: stream.id });
        if (again.of("hello")[0]?.resumed === false) await again.subscribe("cm", window("configmaps"));
        await until("what changed meanwhile", (saw) =>
          saw(again.of("window")).some(({ rows }) => rows?.some(({ name }) => name === "meanwhile")),
        );
        again.close();
      } finally {
        await kubectl.out(["delete", "configmap", "meanwhile", "-n", "scene-a"]);
      }
    });

    it("belongs to who opened it", async () => {
      const [mine, other] = await Promise.all([open("admin"), subject().as("nina")]);
      const where = `/api/stream/${mine.id}/subscriptions/x`;
      const reply = await other.send("PUT", where, window("pods"));
      expect([reply.status, JSON.parse(reply.text)]).toMatchObject([404, { code: "stream_unknown" }]);
      const stolen = await Stream.open(other, { stream: mine.id, lastEvent: "1" });
      onTestFinished(() => stolen.close());
      expect(stolen.id).not.toBe(mine.id);
    });

    it("ends with its session", async () => {
      const stream = await open("admin");
      const api = await subject().as("admin");
      const second = await Stream.open(api);
      await api.send("POST", "/api/auth/logout", {});
      await until("the stream says goodbye", (saw) => saw(second.of("bye"))[0] !== undefined);
      expect(second.of("bye")[0]?.reason).toBe("signed out");
      expect(stream.over).toBeNull();
      expect(await api.problem(["session"])).toMatchObject({ status: 401 });
    });

    it("follows a RoleBinding that is made and deleted", async () => {
      const { kubectl, cluster } = subject();
      const stream = await open("nobody");
      await stream.subscribe("cm", window("configmaps", { namespaces: [] }));
      await until("the refusal", (saw) => saw(stream.window("cm").clusters)[0]?.state.phase === "refused");
      const bind = [
        "create",
        "rolebinding",
        "late",
        "-n",
        "scene-b",
        "--clusterrole",
        "view",
        "--user",
        "nobody@corp",
      ];
      await kubectl.out(bind);
      await stream.settles("cm", "rows of scene-b", ({ places }) =>
        expect(places).toContain("scene-b/settings"),
      );
      expect(stream.window("cm").clusters[0]).toMatchObject({ cluster, scope: { namespaces: ["scene-b"] } });
      const deleted = performance.now();
      await kubectl.out(["delete", "rolebinding", "late", "-n", "scene-b"]);
      await stream.settles("cm", "nothing again", ({ state, places }) => {
        expect(places).toEqual([]);
        expect(state.total).toBe(0);
      });
      expect(performance.now() - deleted).toBeLessThan(5_000);
      await eventually("the refusal is told", () => {
        expect(stream.window("cm").clusters[0]?.state.phase).toBe("refused");
      });
    });
  });
}
