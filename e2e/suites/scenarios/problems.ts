import { describe, expect, it } from "vitest";
import { objectParts, path } from "../../lib/api";
import type { Subject } from "../../lib/subject";

export function problemScenarios(subject: () => Subject): void {
  describe("what cannot be answered", () => {
    it.each<[string, string]>([
      ['label:app="alp', '"alp'],
      ["alpha status:", "status:"],
      ["/[a-/", "/[a-/"],
      ["restarts:>many", "many"],
    ])("the filter %s is a problem with its place", async (filter, part) => {
      const api = await subject().as("admin");
      const problem = await api.problem(["lists", "pods"], { cluster: subject().cluster, filter });
      expect(problem).toMatchObject({ status: 400, code: "filter_invalid" });
      const [from, to] = problem.at ?? [0, 0];
      // The place touches the part that is wrong.
      const wrong = filter.indexOf(part);
      expect(from, problem.detail).toBeLessThanOrEqual(wrong + part.length);
      expect(to, problem.detail).toBeGreaterThanOrEqual(wrong);
      expect(problem.requestId).toBeTruthy();
    });

    it("counts places in characters", async () => {
      const api = await subject().as("admin");
      const filter = "größe restarts:>many";
      const problem = await api.problem(["lists", "pods"], { cluster: subject().cluster, filter });
      expect(problem.at?.[0]).toBeGreaterThanOrEqual("größe ".length);
      expect(problem.at?.[1]).toBeLessThanOrEqual(filter.length);
    });

    it.each<[string, Record<string, string>, number, string]>([
      ["pods", { sort: "no such column" }, 400, "sort_invalid"],
      ["pods", { limit: "0" }, 400, "limit_invalid"],
      ["pods", { limit: "501" }, 400, "limit_invalid"],
      ["pods", { limit: "many" }, 400, "query_invalid"],
      ["pods", { from: "-1" }, 400, "query_invalid"],
      ["pods", { cursor: "nonsense" }, 400, "cursor_invalid"],
      ["pods", { colour: "red" }, 400, "query_invalid"],
      ["pods", { cluster: "nowhere" }, 404, "cluster_unknown"],
      ["nonsense", {}, 404, "kind_unknown"],
      ["nonsense.example.com", {}, 404, "kind_unknown"],
      ["Pods!", {}, 400, "kind_invalid"],
    ])("/api/lists/%s %j is %i %s", async (kind, query, status, code) => {
      const api = await subject().as("admin");
      expect(await api.problem(["lists", kind], query)).toMatchObject({ status, code });
    });

    it("an object that is not there is not found", async () => {
      const api = await subject().as("admin");
      const { cluster } = subject();
      const where = { cluster, kind: "pods", namespace: "scene-a", name: "nobody" };
      for (const more of [[], ["yaml"]])
        expect(await api.problem(objectParts(where, ...more))).toMatchObject({
          status: 404,
          code: "not_found",
        });
      expect(await api.problem(objectParts({ ...where, kind: "nonsense" }))).toMatchObject({ status: 404 });
    });

    it.each([["..%2f..%2fsecrets"], ["a%2fb"], ["x%00"], ["%3fwatch=1"], ["a%23b"], ["a b"]])(
      "the name %s never becomes another request",
      async (name) => {
        const api = await subject().as("admin");
        const { cluster } = subject();
        const where = `/api/clusters/${cluster}/objects/pods/scene-a/${encodeURI(name).replaceAll("%25", "%")}`;
        const reply = await api.send("GET", where);
        expect([400, 404], `${where}: ${reply.text}`).toContain(reply.status);
        expect(reply.headers.get("content-type")).toBe("application/problem+json");
      },
    );

    it("says so from another origin, with another body, by another method", async () => {
      const api = await subject().as("admin");
      const session = path(["session"]);
      const foreign = await api.send("GET", session, undefined, { origin: "https://elsewhere.example" });
      expect([foreign.status, JSON.parse(foreign.text)]).toMatchObject([403, { code: "cross_site" }]);
      const crossSite = await api.send("GET", session, undefined, { "sec-fetch-site": "cross-site" });
      expect(crossSite.status).toBe(403);
      const form = await api.send("POST", "/api/auth/demo", "persona=admin", {
        "content-type": "application/x-www-form-urlencoded",
      });
      expect(form.status).toBe(415);
      expect((await api.send("POST", session, {})).status).toBe(405);
      expect((await api.send("GET", "/api/no-such-thing")).status).toBe(404);
    });

    it("never believes identity headers of the client", async () => {
      const nobody = await subject().as("nobody");
      const where = path(["lists", "pods"], { cluster: subject().cluster });
      for (const name of [
        "impersonate-user",
        "Impersonate-Group",
        "impersonate_user",
        "x-remote-user",
        "authorization",
      ]) {
        const reply = await nobody.send("GET", where, undefined, { [name]: "system:masters" });
        expect(reply.status).toBe(200);
        expect(JSON.parse(reply.text), name).toMatchObject({ total: 0, rows: [] });
      }
    });
  });
}
