import { afterEach, describe, expect, it } from "vitest";
import { path } from "../../lib/api";
import type { Session } from "../../lib/contract";
import { PEOPLE, useReception } from "../../lib/reception";
import { eventually } from "../../lib/wait";

describe("a login at a certified provider", () => {
  const reception = useReception();
  const session = (visitor: { api: { json<T>(parts: string[]): Promise<T> } }) =>
    visitor.api.json<Session>(["session"]);

  afterEach(async () => {
    await reception().corp.turn({ people: PEOPLE, ahead: 0, down: false, refuseRefresh: false });
  });

  it("lets somebody in, to where they wanted to go", async () => {
    const visitor = reception().visitor();
    const landing = await visitor.signIn("corp", "ada", "/c/prod-eu/pods?filter=status%3Afailing");
    expect(landing.url.href).toBe(`${reception().periscope.url}/c/prod-eu/pods?filter=status%3Afailing`);
    expect(await session(visitor)).toMatchObject({
      mode: "oidc",
      user: "ada@corp",
      displayName: "Ada Lovelace",
      email: "ada@corp",
      issuer: reception().corp.issuer,
      subject: "ada",
      groups: ["auditors", "platform"],
      admission: { admitted: true },
      auditAdmin: true,
      sessionAdmin: true,
      clusters: [
        {
          cluster: "prod-eu",
          mode: "tier",
          tier: "admin",
          admitted: true,
          impersonates: { user: "ada@corp", groups: ["periscope-tier:admin"] },
        },
      ],
    });
    expect((await visitor.api.rows("pods", { cluster: "prod-eu" })).length).toBeGreaterThan(5);
  });

  it.each([
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "/api/auth/logout",
    "javascript:alert(1)",
  ])("does not lead to %s", async (returnTo) => {
    const landing = await reception().visitor().signIn("corp", "ada", returnTo);
    expect(landing.url.href).toBe(`${reception().periscope.url}/`);
  });

  it.each([
    ["nogroups", "groups_claim_missing"],
    ["system", "identity_reserved"],
    ["unverified", "identity_invalid"],
  ])("of %s is refused as %s, and there is no session", async (login, problem) => {
    const visitor = reception().visitor();
    const { url } = await visitor.signIn("corp", login);
    expect([url.pathname, url.searchParams.get("problem")]).toEqual(["/sign-in", problem]);
    expect(url.searchParams.get("request")).toMatch(/^[0-9a-f]+-\d+$/);
    expect((await visitor.api.problem(["session"])).code).toBe("unauthenticated");
  });

  it("drops groups of Kubernetes' own", async () => {
    expect((await session(await reception().as("masters"))).groups).toEqual(["on-call"]);
  });

  it("follows the provider's new keys without a restart", async () => {
    await reception().as("ada");
    await reception().corp.turn({ rotate: true });
    // Keys are asked for again at most every ten seconds.
    await eventually(
      "somebody comes in with the new key",
      async () => {
        expect((await session(await reception().as("bob"))).user).toBe("bob@corp");
      },
      { timeoutMs: 30_000, everyMs: 1_000 },
    );
  });

  it.each([
    [30, null],
    [-30, null],
    [600, "token_invalid"],
    [-900, "token_invalid"],
  ])("with a provider whose clock is off by %i s", async (ahead, problem) => {
    await reception().corp.turn({ ahead });
    const { url } = await reception().visitor().signIn("corp", "ada");
    expect(url.searchParams.get("problem")).toBe(problem);
  });

  it("says that a provider is away, and harms nobody who is in", async () => {
    const ada = await reception().as("ada");
    await reception().corp.turn({ down: true });
    const { url } = await reception()
      .visitor()
      .follow(
        path(["auth", "login"], { provider: "corp" }),
        "ada",
        (there) => there.origin === reception().corp.issuer,
      );
    // Where people are sent is known from before; what comes of it is the provider's page, or ours.
    expect([reception().corp.issuer, reception().periscope.url]).toContain(url.origin);
    expect((await session(ada)).user).toBe("ada@corp");
  });

  it("counts once, and in the browser that began it", async () => {
    const mine = reception().visitor();
    const callback = await mine.follow(path(["auth", "login"], { provider: "corp" }), "ada", (url) =>
      url.pathname.startsWith("/api/auth/callback/"),
    );
    const thief = reception().visitor();
    const stolen = await thief.request(callback.url.href);
    expect(stolen.headers.get("location")).toMatch(/^\/sign-in\?problem=login_expired/);
    expect(thief.cookies.size).toBe(0);
    const elsewhere = callback.url.href.replace("/callback/corp", "/callback/partner");
    expect((await mine.request(elsewhere)).headers.get("location")).toMatch(/problem=login_expired/);
    // Another attempt took this browser's cookie with it.
    const again = await reception().visitor();
    const good = await again.follow(path(["auth", "login"], { provider: "corp" }), "ada", (url) =>
      url.pathname.startsWith("/api/auth/callback/"),
    );
    const kept = new Map(again.cookies);
    expect((await again.request(good.url.href)).headers.get("location")).toBe("/");
    for (const [name, value] of kept) again.cookies.set(name, value);
    expect((await again.request(good.url.href)).headers.get("location")).toMatch(/problem=login_expired/);
  });

  it("takes no session that somebody else chose", async () => {
    const visitor = reception().visitor();
    const port = new URL(reception().periscope.url).port;
    const chosen = "A".repeat(43);
    visitor.cookies.set(`periscope_session_${port}`, chosen);
    await visitor.signIn("corp", "ada");
    const given = visitor.cookies.get(`periscope_session_${port}`);
    expect(given).toMatch(/^[\w-]{43}$/);
    expect(given).not.toBe(chosen);
  });

  // Its claims come from signed userinfo alone.
  it("at the second provider is somebody else, also under the first one's names", async () => {
    const visitor = reception().visitor();
    await visitor.signIn("partner", "pat");
    expect(await session(visitor)).toMatchObject({
      user: "partner:pat@partner",
      groups: ["partner:platform"],
      issuer: reception().partner.issuer,
      sessionAdmin: false,
      clusters: [{ tier: "triage" }],
    });
  });

  it("of somebody who is not admitted shows them who they are, and nothing else", async () => {
    const dave = await reception().as("dave");
    expect(await session(dave)).toMatchObject({
      user: "dave@corp",
      groups: ["visitors"],
      admission: { admitted: false, allowedGroups: ["platform", "on-call", "partner:platform"] },
      clusters: [],
    });
    for (const parts of [
      ["clusters"],
      ["fleet"],
      ["lists", "pods"],
      ["sessions"],
      ["audit"],
      ["search"],
      ["stream"],
    ])
      expect(
        (await dave.api.problem(parts, parts[0] === "search" ? { q: "a" } : {})).code,
        parts.join("/"),
      ).toBe("not_admitted");
  });

  it("outlives the process", async () => {
    const ada = await reception().as("ada");
    reception().periscope = await reception().periscope.restarted();
    expect((await session(ada)).user).toBe("ada@corp");
  });

  it("is on the record, also when it came to nothing", async () => {
    const { url } = await reception().visitor().signIn("corp", "nogroups");
    const ada = await reception().as("ada");
    const { rows } = await ada.api.json<{
      rows: { verb: string; requestId: string; outcome?: string; actor: object; reason?: string }[];
    }>(["audit"], { verb: ["sign-in", "sign-in-failed"], limit: 20 });
    const failed = rows.find((row) => row.requestId === url.searchParams.get("request"));
    expect(failed).toMatchObject({
      verb: "sign-in-failed",
      outcome: "failure",
      actor: { issuer: reception().corp.issuer, subject: "nogroups", address: "127.0.0.1" },
      reason: expect.stringContaining("groups"),
    });
    expect(rows.some((row) => row.verb === "sign-in" && row.outcome === "success")).toBe(true);
  });
});

describe("a bearer token", () => {
  const reception = useReception();

  const ask = async (token: string, where = "/api/session", headers: Record<string, string> = {}) => {
    const response = await fetch(reception().periscope.url + where, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it("lets a script in as whom the provider says", async () => {
    const token = await reception().corp.token("bob");
    expect(await ask(token)).toMatchObject({
      status: 200,
      body: { mode: "oidc", user: "bob@corp", groups: ["on-call"], issuer: reception().corp.issuer },
    });
    expect((await ask(token)).body["session"]).toBeUndefined();
    expect((await ask(token, "/api/lists/pods?cluster=prod-eu&limit=1")).status).toBe(200);
  });

  it("must be for this API, of a provider here, and of now", async () => {
    const corp = reception().corp;
    for (const token of [
      await corp.token("bob", "another-api"),
      await corp.token("bob", undefined, 900),
      `${await corp.token("bob")}x`,
      "nonsense",
      "",
    ])
      expect((await ask(token)).status, token.slice(0, 20)).toBe(401);
    expect((await ask(await corp.token("nogroups"))).status).toBe(401);
    expect((await ask(await corp.token("dave"), "/api/clusters")).body["code"]).toBe("not_admitted");
  });

  it("goes before a cookie", async () => {
    const ada = await reception().as("ada");
    const cookie = ada.api.cookie ?? "";
    expect((await ask(await reception().corp.token("bob"), "/api/session", { cookie })).body["user"]).toBe(
      "bob@corp",
    );
    expect((await ask("nonsense", "/api/session", { cookie })).status).toBe(401);
  });
});
