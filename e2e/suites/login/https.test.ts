import https from "node:https";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Authority, type Certificate } from "../../lib/certificates";
import { Daemon } from "../../lib/daemon";
import { Folder } from "../../lib/folder";
import { Idp } from "../../lib/idp";
import { kubeconfig } from "../../lib/kubeconfig";
import { periscope } from "../../lib/periscope";
import { freePort } from "../../lib/ports";
import { PEOPLE } from "../../lib/reception";
import { periscopeBinary } from "../../lib/tools";
import { within } from "../../lib/wait";

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

describe("a server that others reach", () => {
  let folder: Folder;
  let authority: Authority;
  let own: Certificate;
  let idp: Idp;
  let daemon: Daemon;
  let port: number;

  /** The configuration, with some of it otherwise. */
  async function config(name: string, over: Record<string, unknown> = {}): Promise<string> {
    const nowhere = { name: "a", cluster: { server: "https://127.0.0.1:1" }, user: { token: "x" } };
    const path = await folder.write("kubeconfig", kubeconfig([nowhere]));
    return folder.write(name, {
      publicUrl: `https://localhost:${port}`,
      listen: `0.0.0.0:${port}`,
      tls: { certificate: own.certificateFile, key: own.keyFile },
      dataDir: folder.at("data"),
      auth: { providers: [await idp.settings(folder)] },
      authorization: { defaultTier: "read" },
      clusters: [{ id: "a", kubeconfig: { path } }],
      ...over,
    });
  }

  const ask = (path: string, headers: Record<string, string> = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        servername: "localhost",
        port,
        path,
        ca: authority.root.certificate,
      };
      const all = { host: `localhost:${port}`, ...headers };
      const request = https.get({ ...options, headers: all }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      });
      request.on("error", reject);
    });

  beforeAll(async () => {
    folder = await Folder.make("https");
    authority = await Authority.make(folder);
    own = await authority.issue("server", { subject: "/CN=localhost" });
    port = await freePort();
    idp = await Idp.start("corp", `https://localhost:${port}`, PEOPLE);
    daemon = new Daemon({
      command: periscopeBinary,
      args: ["serve", "--config", await config("periscope.yaml")],
      log: folder.at("periscope.log"),
    });
    await daemon.line(/^listening on https:/m);
  });
  afterAll(async () => {
    await daemon?.stop();
    await idp?.stop();
    await folder?.remove();
  });

  it("speaks https, says so for long, and answers to its own name alone", async () => {
    const answer = await ask("/api/auth/options");
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      200,
      { mode: "oidc", providers: [{ id: "corp", name: "The corp directory" }], personas: [] },
    ]);
    expect(answer.headers["strict-transport-security"]).toMatch(/^max-age=\d{8}/);
    for (const host of ["evil.example", `127.0.0.1:${port}`, "localhost", `localhost.evil.example:${port}`])
      for (const path of ["/", "/api/auth/options"])
        expect((await ask(path, { host })).status, host).toBe(421);
    // Probes come by the pod's address.
    expect((await ask("/healthz", { host: `10.0.0.7:${port}` })).text).toBe("ok\n");
    const foreign = await ask("/api/auth/options", { origin: `http://localhost:${port}` });
    expect(foreign.status, "the same name without https").toBe(403);
  });

  it("gives cookies that go nowhere else", async () => {
    const answer = await ask("/api/auth/login?provider=corp");
    expect([answer.status, new URL(String(answer.headers.location)).origin]).toEqual([302, idp.issuer]);
    const [cookie = ""] = answer.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/^__Host-periscope_login_[\w-]+=[\w-]+; /);
    for (const attribute of ["Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"])
      expect(cookie.split("; ")).toContain(attribute);
    expect(cookie).not.toMatch(/Domain/i);
  });

  it("cuts off whoever says nothing", async () => {
    const socket = tls.connect({
      host: "127.0.0.1",
      port,
      servername: "localhost",
      ca: authority.root.certificate,
    });
    socket.on("error", () => undefined);
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.resume();
    await within(20_000, "the connection is closed", closed);
  });

  it.each<[string, () => Promise<Record<string, unknown>>, RegExp]>([
    [
      "passwords would travel in the clear",
      async () => ({ publicUrl: `http://localhost:${port}`, tls: undefined }),
      /https:\/\//,
    ],
    ["nobody could sign in", async () => ({ auth: {} }), /auth\.providers/],
    ["people are sent back to nowhere", async () => ({ publicUrl: undefined, tls: undefined }), /publicUrl/],
    [
      "everybody can read a secret",
      async () => {
        const { chmod } = await import("node:fs/promises");
        const file = await folder.write("open.secret", "x");
        await chmod(file, 0o644);
        return { auth: { providers: [{ ...(await idp.settings(folder)), clientSecretFile: file }] } };
      },
      /providers\[0\]: clientSecretFile: everybody can read .*chmod o-rwx/,
    ],
    [
      "an issuer is missing",
      async () => ({ auth: { providers: [{ id: "corp", clientId: "periscope" }] } }),
      /missing field `issuer`/,
    ],
    [
      "a key is not one",
      async () => ({ tls: { certificate: own.certificateFile, key: own.certificateFile } }),
      /tls:/,
    ],
  ])("does not start where %s", async (_, over, message) => {
    const { chmod } = await import("node:fs/promises");
    await chmod(own.certificateFile, 0o600);
    const file = await config("wrong.yaml", await over());
    const outcome = await periscope(["serve", "--config", file]);
    expect([outcome.code, outcome.stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(
      outcome.stderr
        .trimEnd()
        .split("\n")
        .filter((line) => line.startsWith("periscope:")),
    ).toHaveLength(1);
  });
});
