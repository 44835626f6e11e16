import { describe, expect, it, onTestFinished } from "vitest";
import { path } from "../../lib/api";
import { Logs } from "../../lib/logs";
import type { Subject } from "../../lib/subject";

const file = (cluster: string, kind: string, name: string) => [
  "clusters",
  cluster,
  "logs",
  kind,
  "scene-a",
  name,
];

export function logScenarios(subject: () => Subject): void {
  const open = async (persona: string, wanted: Record<string, unknown>) => {
    const where = { cluster: subject().cluster, namespace: "scene-a", follow: true };
    const logs = await Logs.open(await subject().as(persona), { ...where, ...wanted });
    onTestFinished(() => logs.close());
    return logs;
  };

  describe("logs", () => {
    // A real API server without a kubelet has no lines, and says why.
    it("of a pod are its lines, or the reason why there are none", async () => {
      const logs = await open("admin", { kind: "pods", name: "alpha" });
      await logs.until("lines or a reason", ({ lines, sources }) => {
        const told = sources.some(({ state, reason }) => state !== "live" && (reason ?? "").length > 5);
        return lines.length > 0 || told;
      });
      expect(logs.problem ?? null).toBeNull();
      expect(logs.sources.map(({ pod }) => pod)).toContain("alpha");
    });

    it("may be read by who may read them, and by nobody else", async () => {
      const nina = await open("nina", { kind: "pods", name: "alpha" });
      await nina.until("whose logs they are", ({ sources }) => sources.length > 0);
      const nobody = await open("nobody", { kind: "pods", name: "alpha" });
      const problem = await nobody.until("a refusal", (logs) => logs.problem ?? false);
      expect(problem).toMatchObject({
        code: "refused",
        needs: [{ verb: "get", resource: "pods", subresource: "log", namespace: "scene-a", name: "alpha" }],
      });
      expect(nobody.sources).toEqual([]);
      const elsewhere = await open("nina", { kind: "pods", name: "alpha", namespace: "scene-b" });
      await elsewhere.until("a refusal", (logs) => logs.problem?.code === "refused");
    });

    it("of what is not there say so", async () => {
      const logs = await open("admin", { kind: "deployments.apps", name: "nobody" });
      await logs.until("the problem", ({ problem }) => problem?.code === "not_found");
    });

    it.each([
      [{ kind: "configmaps", name: "settings" }],
      [{ kind: "pods", name: "../alpha" }],
      [{ kind: "pods", name: "alpha", tail: 100_000 }],
      [{ kind: "pods", name: "alpha", colour: "red" }],
    ])("cannot be asked for as %j", async (wanted) => {
      await expect(open("admin", wanted)).rejects.toThrow(/ 400/);
    });

    it("are files with safe names, refused to who may not read them", async () => {
      const { cluster } = subject();
      const admin = await subject().as("admin");
      for (const format of ["text", "jsonl"]) {
        const reply = await admin.send("GET", path(file(cluster, "pods", "alpha"), { format, tail: 5 }));
        expect(reply.status).toBe(200);
        expect(reply.headers.get("content-disposition")).toMatch(
          /^attachment; filename="[a-z]+-scene-a-alpha-\d{8}T\d{6}Z\.(log|jsonl)"$/,
        );
        expect(reply.text).toContain("alpha");
        if (format === "jsonl")
          for (const line of reply.text.trim().split("\n")) expect(JSON.parse(line)).toBeTypeOf("object");
      }
      const nobody = await subject().as("nobody");
      const problem = await nobody.problem(file(cluster, "pods", "alpha"));
      expect(problem).toMatchObject({ status: 403, needs: [{ subresource: "log" }] });
      expect(await admin.problem(file(cluster, "pods", "nobody"))).toMatchObject({ status: 404 });
      expect(await admin.problem(file(cluster, "secrets", "x"))).toMatchObject({ status: 400 });
      expect(await admin.problem(file(cluster, "pods", "alpha"), { format: "html" })).toMatchObject({
        status: 400,
      });
    });
  });
}
