import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { path } from "../../lib/api";
import type { Session } from "../../lib/contract";
import type { ActionRun } from "../../../web/src/api/actions-contract";
import { PEOPLE, useReception } from "../../lib/reception";
import { Stream } from "../../lib/stream";
import type { Visitor } from "../../lib/visitor";
import { until } from "../../lib/wait";

interface SessionItem {
  id: string;
  user: string;
  current: boolean;
  address: string;
  provider: string;
}

/** What was closed is over everywhere within ten seconds. */
const SOON = { timeoutMs: 10_000 };

describe("a session", () => {
  const reception = useReception();

  afterEach(async () => {
    await reception().corp.turn({ people: PEOPLE, refuseRefresh: false });
  });

  const sessions = async (
    visitor: { api: { json<T>(parts: string[], query?: object): Promise<T> } },
    all = false,
  ) =>
    (await visitor.api.json<{ sessions: SessionItem[] }>(["sessions"], all ? { all: "true" } : {})).sessions;

  const ended = (stream: Stream) => until("the stream ends", () => stream.over ?? undefined, SOON);

  it("ends with a sign-out, and its stream with it; the provider then asks again", async () => {
    const ada = await reception().as("ada");
    const stream = await Stream.open(ada.api);
    const { api } = ada;
    const out = await ada.request(`${ada.base}/api/auth/logout`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(out.status).toBe(204);
    expect((await api.problem(["session"])).code).toBe("unauthenticated");
    await ended(stream);
    const again = await ada.signIn("corp", "ada");
    expect(again.asked, "the provider's own session is not enough").toBe(true);
    // Without a sign-out it is.
    const silent = await ada.follow(path(["auth", "login"], { provider: "corp" }), "ada");
    expect(silent.asked).toBe(false);
    expect((await ada.api.json<Session>(["session"])).user).toBe("ada@corp");
  });

  it("ends everywhere", async () => {
    const [here, there, bob] = [
      await reception().as("ada"),
      await reception().as("ada"),
      await reception().as("bob"),
    ];
    const streams = [await Stream.open(there.api), await Stream.open(bob.api)] as const;
    expect((await here.api.send("POST", "/api/auth/logout", { everywhere: true })).status).toBe(204);
    await ended(streams[0]);
    expect((await there.api.problem(["session"])).code).toBe("unauthenticated");
    expect((await bob.api.json<Session>(["session"])).user).toBe("bob@corp");
    expect(streams[1].over).toBeNull();
    streams[1].close();
  });

  it("is seen by its owner, and ended by an administrator within ten seconds", async () => {
    const [ada, bob] = [await reception().as("ada"), await reception().as("bob")];
    const mine = await sessions(bob);
    expect(mine.every(({ user }) => user === "bob@corp")).toBe(true);
    expect(mine.filter(({ current }) => current)).toMatchObject([{ provider: "corp", address: "127.0.0.1" }]);
    expect((await bob.api.problem(["sessions"], { all: "true" })).code).toBe("refused");
    const adas = (await sessions(ada)).find(({ current }) => current);
    expect((await bob.api.send("DELETE", `/api/sessions/${adas?.id}`)).status).toBe(404);
    const stream = await Stream.open(bob.api);
    await stream.subscribe("pods", { type: "window", kind: "pods", limit: 50 } as never);
    const bobs = (await sessions(ada, true)).find(({ id }) =>
      mine.some((own) => own.current && own.id === id),
    );
    expect((await ada.api.send("DELETE", `/api/sessions/${bobs?.id}`)).status).toBe(204);
    await ended(stream);
    expect((await bob.api.problem(["session"])).code).toBe("unauthenticated");
    expect((await ada.api.send("DELETE", `/api/sessions/${bobs?.id}`)).status).toBe(404);
  });

  it("has the groups that its person has now: who lost one sees less, and their stream begins anew", async () => {
    const bob = await reception().as("bob");
    const stream = await Stream.open(bob.api);
    await reception().corp.turn({ people: { ...PEOPLE, bob: { ...PEOPLE["bob"], groups: ["visitors"] } } });
    await until(
      "bob is not admitted any more",
      async (saw) => {
        const { admission } = saw(await bob.api.json<Session>(["session"]));
        return admission?.admitted === false;
      },
      { timeoutMs: 30_000 },
    );
    await ended(stream);
    expect((await bob.api.problem(["clusters"])).code).toBe("not_admitted");
  });

  it("ends when the provider no longer vouches for its person", async () => {
    const bob = await reception().as("bob");
    const stream = await Stream.open(bob.api);
    await reception().corp.turn({ refuseRefresh: true });
    await until("bob is out", async () => (await bob.api.send("GET", "/api/session")).status === 401, {
      timeoutMs: 30_000,
    });
    await ended(stream);
    await reception().corp.turn({ refuseRefresh: false });
    const ada = await reception().as("ada");
    const { rows } = await ada.api.json<{ rows: { actor: { subject: string }; extra: { by?: string } }[] }>(
      ["audit"],
      {
        verb: "session-expire",
        limit: 50,
      },
    );
    // Others were refused in the same moment.
    expect(rows.find(({ actor }) => actor.subject === "bob")?.extra.by).toBe("provider");
  });

  describe("takes along what it began", () => {
    const NAMESPACE = "held-up";
    let nodes: string[] = [];

    /** A pod that may not be evicted; its node comes first. */
    beforeAll(async () => {
      const kubectl = reception().kubectl();
      const at = ["-n", NAMESPACE];
      await kubectl.out(["create", "namespace", NAMESPACE]);
      await kubectl.out(["create", "deployment", "held", ...at, "--image", "x:1"]);
      await kubectl.out(["rollout", "status", "deployment", "held", ...at, "--timeout", "60s"], { timeoutMs: 70_000 });
      const selector = ["--selector", "app=held", "--min-available", "1"];
      await kubectl.out(["create", "poddisruptionbudget", "held", ...at, ...selector]);
      const own = ["get", "pods", ...at, "-o", "jsonpath={.items[0].spec.nodeName}"];
      const first = await until("its node", async (saw) => saw(await kubectl.out(own)));
      const { items } = await kubectl.json<{ items: { metadata: { name: string } }[] }>(["get", "nodes"]);
      nodes = [first, ...items.map(({ metadata }) => metadata.name).filter((name) => name !== first)].slice(0, 2);
    });
    afterEach(async () => {
      for (const node of nodes) await reception().kubectl().out(["uncordon", node]);
    });
    afterAll(async () => {
      await reception().kubectl().run(["delete", "namespace", NAMESPACE, "--wait=false"]);
    });

    const groups = (of: string[]) =>
      reception().corp.turn({ people: { ...PEOPLE, ada: { ...PEOPLE["ada"], groups: of } } });

    it.each<[string, (session: string) => Promise<unknown>]>([
      [
        "when it is revoked",
        async (session) => (await reception().as("ada")).api.send("DELETE", `/api/sessions/${session}`),
      ],
      ["when a group is taken away", () => groups(["platform"])],
    ])("%s", async (_, end) => {
      const ada = await reception().as("ada");
      const session = (await sessions(ada)).find(({ current }) => current)?.id ?? "";
      const action = { type: "drain", deleteEmptyDirData: true, force: true, gracePeriodSeconds: 1 };
      const targets = nodes.map((name) => ({ kind: "nodes", name }));
      const reply = await ada.api.send("POST", "/api/clusters/prod-eu/actions", { action, targets });
      expect(reply.status, reply.text).toBe(202);
      const { id } = JSON.parse(reply.text) as ActionRun;
      const run = (of: Visitor) => of.api.json<ActionRun>(["runs", id]);
      await until("the budget holds it up", async (saw) =>
        saw(await run(ada)).drain?.pods.some(({ state, blockedBy }) => state === "blocked" && blockedBy === "held"),
      );
      await end(session);
      const later = await reception().as("ada");
      // The provider is asked every five seconds, and what it says holds within ten.
      const stopped = await until(
        "it stops",
        async (saw) => {
          const now = saw(await run(later));
          return now.state === "cancelled" ? now : undefined;
        },
        { timeoutMs: 20_000 },
      );
      expect(stopped.results.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
      expect(stopped.results[0]?.message).toContain("no longer signed in");
      expect(stopped.results[1]?.message).toMatch(/^not begun: .*no longer with the same groups/);
      const [, second = ""] = nodes;
      const other = await reception()
        .kubectl()
        .json<{ spec: { unschedulable?: boolean } }>(["get", "node", second]);
      expect(other.spec.unschedulable ?? false, "the other node was left alone").toBe(false);
      await reception().corp.turn({ people: PEOPLE });
      const { rows } = await (await reception().as("ada")).api.json<{
        rows: { target: { name: string }; outcome?: string; result?: { outcome: string; reason: string } }[];
      }>(["audit"], { requestId: id, verb: "drain" });
      const [first = ""] = nodes;
      expect(rows.find(({ target }) => target.name === second)?.outcome).toBe("denied");
      expect(rows.find(({ target }) => target.name === first)?.result?.reason).toContain("no longer signed in");
    });
  });

  it("is nobody else's to end: another site cannot sign anybody out", async () => {
    const ada = await reception().as("ada");
    const foreign: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { "sec-fetch-site": "cross-site" },
    ];
    for (const headers of foreign)
      expect((await ada.api.send("POST", "/api/auth/logout", {}, headers)).status).toBe(403);
    expect((await ada.api.send("GET", "/api/auth/logout")).status).toBe(405);
    expect((await ada.api.json<Session>(["session"])).user).toBe("ada@corp");
  });
});
