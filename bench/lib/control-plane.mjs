import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSocket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { file, folder } from "./parts.mjs";
import { Program } from "./program.mjs";
import { Admin } from "./world.mjs";

const base64 = (text) => Buffer.from(text).toString("base64");
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
export const GROUP = "rbac.authorization.k8s.io";
/** etcd takes so many writes at once, within its limit of bytes. */
const BATCH = 100;

/** Where scripts/e2e-tools.sh builds kube-apiserver; null where it did not. */
export function kubeApiserver() {
  const tools = process.env["PERISCOPE_TOOLS"];
  const version = tools && existsSync(tools) && readdirSync(tools).find((name) => name.startsWith("kube-v"));
  const program = version && join(tools, version, "kube-apiserver");
  return program && existsSync(program) ? program : null;
}

async function freePort() {
  const socket = createSocket().listen(0, "127.0.0.1");
  await new Promise((resolve) => socket.once("listening", resolve));
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

async function eventually(what, holds, seconds = 90) {
  const end = performance.now() + seconds * 1000;
  for (let last; ; await sleep(200)) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end)
      throw new Error(`${what}: not within ${seconds} s (${last?.message ?? "no"})`);
  }
}

/** etcd and the real kube-apiserver, with RBAC and then an authoriser of ours that RBAC objects do not show. */
export class ControlPlane {
  /** Whether our authoriser lets the user `hooked@corp` read. */
  hooked = true;

  /** `items` are there from the start: JSON of objects by their key in etcd. */
  static async start(items) {
    const plane = new ControlPlane();
    await plane.#startEtcd(items);
    await plane.#startAuthoriser();
    await plane.#startApiserver();
    await plane.#allow();
    return plane;
  }

  async stop() {
    await this.api?.stop();
    await this.etcd?.stop();
    this.authoriser?.close();
  }

  kubeconfig() {
    return file("real.kubeconfig", {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: "real", cluster: { server: this.server, "certificate-authority-data": base64(this.ca) } },
      ],
      users: [{ name: "console", user: { token: "console-token" } }],
      contexts: [{ name: "real", context: { cluster: "real", user: "console" } }],
    });
  }

  async #startEtcd(items) {
    const [client, peer] = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`);
    this.etcdUrl = client;
    const data = mkdtempSync(join(folder, "etcd-"));
    const args = ["--data-dir", data, "--listen-client-urls", client, "--advertise-client-urls", client];
    args.push(
      "--listen-peer-urls",
      peer,
      "--initial-advertise-peer-urls",
      peer,
      "--initial-cluster",
      `default=${peer}`,
    );
    this.etcd = new Program("etcd", [...args, "--log-level", "error", "--unsafe-no-fsync"]);
    await eventually("etcd answers", async () => (await fetch(`${client}/health`)).ok);
    const puts = Object.entries(items).map(([key, json]) => ({
      requestPut: { key: base64(key), value: base64(json) },
    }));
    for (let at = 0; at < puts.length; at += BATCH) {
      const body = JSON.stringify({ success: puts.slice(at, at + BATCH) });
      const response = await fetch(`${client}/v3/kv/txn`, { method: "POST", body });
      if (!response.ok) throw new Error(`etcd: ${await response.text()}`);
    }
  }

  async #startAuthoriser() {
    this.authoriser = createServer((request, response) => {
      let text = "";
      request.on("data", (data) => (text += data));
      request.on("end", () => {
        const { spec } = JSON.parse(text);
        const allowed =
          this.hooked && spec.user === "hooked@corp" && spec.resourceAttributes?.resource === "pods";
        const review = {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SubjectAccessReview",
          status: { allowed },
        };
        response.setHeader("content-type", "application/json").end(JSON.stringify(review));
      });
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => this.authoriser.once("listening", resolve));
    this.webhook = file("authoriser.kubeconfig", {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "hook", cluster: { server: `http://127.0.0.1:${this.authoriser.address().port}` } }],
      users: [{ name: "api", user: {} }],
      contexts: [{ name: "hook", context: { cluster: "hook", user: "api" } }],
      "current-context": "hook",
    });
  }

  async #startApiserver() {
    const port = await freePort();
    this.server = `https://127.0.0.1:${port}`;
    const certificates = mkdtempSync(join(folder, "certificates-"));
    const pem = { type: "pkcs1", format: "pem" };
    const keys = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: pem,
      privateKeyEncoding: pem,
    });
    const key = file("accounts.key", keys.privateKey);
    const tokens =
      'admin-token,admin,admin,"system:masters"\nconsole-token,periscope-console,periscope-console,""\n';
    this.api = new Program(kubeApiserver(), [
      ...["--etcd-servers", this.etcdUrl, "--bind-address", "127.0.0.1", "--secure-port", String(port)],
      ...[
        "--cert-dir",
        certificates,
        "--token-auth-file",
        file("tokens.csv", tokens),
        "--anonymous-auth=false",
      ],
      ...["--authorization-mode", "RBAC,Webhook", "--authorization-webhook-config-file", this.webhook],
      // Its own memory of our authoriser's answers is not what is measured.
      ...["--authorization-webhook-version", "v1", "--authorization-webhook-cache-authorized-ttl", "1s"],
      ...["--authorization-webhook-cache-unauthorized-ttl", "1s"],
      ...["--service-account-issuer", this.server, "--service-account-key-file", key],
      ...["--service-account-signing-key-file", key, "--service-cluster-ip-range", "10.96.0.0/16"],
      ...["--endpoint-reconciler-type", "none", "--disable-admission-plugins", "ServiceAccount"],
    ]);
    await eventually("the API server has a certificate", () =>
      existsSync(join(certificates, "apiserver.crt")),
    );
    this.ca = readFileSync(join(certificates, "apiserver.crt"), "utf8");
    this.admin = new Admin(this.server, { ca: this.ca, token: "admin-token" });
    await eventually(
      "the API server is ready",
      async () => (await this.admin.ask("GET", "/readyz/ping", undefined, false)) > 0,
    );
    await eventually("roles are there", () => this.admin.ask("GET", `${RBAC}/clusterroles/view`));
  }

  /** The console may impersonate, the inventory may read; `admin@corp` may read too. */
  async #allow() {
    const impersonate = [
      { apiGroups: [""], resources: ["users", "groups"], verbs: ["impersonate"] },
      { apiGroups: ["authentication.k8s.io"], resources: ["*"], verbs: ["impersonate"] },
    ];
    const read = [{ apiGroups: ["*"], resources: ["*"], verbs: ["get", "list", "watch"] }];
    await this.#role("bench-impersonator", impersonate, ["periscope-console"]);
    await this.#role("bench-reader", read, ["periscope:inventory", "admin@corp"]);
  }

  async #role(name, rules, users) {
    await this.admin.ask("POST", `${RBAC}/clusterroles`, { metadata: { name }, rules });
    const subjects = users.map((user) => ({ apiGroup: GROUP, kind: "User", name: user }));
    const roleRef = { apiGroup: GROUP, kind: "ClusterRole", name };
    await this.admin.ask("POST", `${RBAC}/clusterrolebindings`, { metadata: { name }, roleRef, subjects });
  }
}

/** What the scripted API server has, by its key in etcd. */
export async function itemsOf(api) {
  const items = {};
  for (const [plural, path] of Object.entries({ namespaces: "", pods: "" })) {
    const list = await (await fetch(`${api.server}/api/v1/${plural}${path}`)).json();
    for (const item of list.items) {
      delete item.metadata.resourceVersion;
      const { namespace, name } = item.metadata;
      items[`/registry/${plural}/${namespace ? `${namespace}/` : ""}${name}`] = JSON.stringify(item);
    }
  }
  return items;
}
