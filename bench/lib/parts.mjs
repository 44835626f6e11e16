import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "./program.mjs";

const target = process.env["CARGO_TARGET_DIR"];
export const periscope = process.env["PERISCOPE"] ?? `${target}/release/periscope`;
export const bench = process.env["PERISCOPE_BENCH"] ?? `${target}/release/periscope-bench`;
const relay = process.env["PERISCOPE_BENCH_RELAY"] ?? `${target}/release/periscope-bench-relay`;
/** Null where there is no Go. */
export const relayInGo = existsSync(relay) ? relay : null;

/** Everything that is written goes here, and goes away at the end. */
export const folder = mkdtempSync(join(tmpdir(), "periscope-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

let files = 0;
export function file(name, content) {
  const path = join(folder, `${(files += 1)}-${name}`);
  if (content !== undefined)
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
  return path;
}

/** The scripted API server, with so many objects. */
export class Api {
  static async start({ pods = 0, replicaSets = 0, events = 0 }) {
    const sizes = ["--pods", pods, "--replica-sets", replicaSets, "--events", events].map(String);
    const api = new Api();
    api.program = new Program(bench, ["api", ...sizes]);
    api.server = (await api.program.json()).server;
    return api;
  }

  async requests() {
    return (await fetch(`${this.server}/bench/requests`)).json();
  }

  async forgetRequests() {
    await fetch(`${this.server}/bench/requests`, { method: "DELETE" });
  }

  /** So many changes per second, of the first `among` pods of the list or of all; `mixed` for both in turn. */
  async pace(perSecond, { among = 0, mixed = false } = {}) {
    const body = JSON.stringify({ per_second: perSecond, among, mixed });
    await fetch(`${this.server}/bench/pace`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
  }

  /** So many lines per second of every log. */
  async writeLogs(perSecond) {
    const headers = { "content-type": "application/json" };
    await fetch(`${this.server}/bench/logs`, { method: "POST", body: JSON.stringify(perSecond), headers });
  }

  /** Lines written to each log, and lines that followers were too late for. */
  async lines() {
    return (await fetch(`${this.server}/bench/logs`)).json();
  }

  /** The changes made since the pace was set. */
  async made() {
    return (await fetch(`${this.server}/bench/made`)).json();
  }

  stop() {
    return this.program.stop();
  }
}

/** One cluster `bench` at this address, as a configuration. */
export function configuration(server, { keepEvents = false } = {}) {
  const kubeconfig = file("kubeconfig", {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "bench", cluster: { server } }],
    users: [{ name: "bench", user: { token: "bench" } }],
    contexts: [{ name: "bench", context: { cluster: "bench", user: "bench" } }],
  });
  return file("config.yaml", {
    clusters: [{ id: "bench", keepEvents, kubeconfig: { path: kubeconfig, context: "bench" } }],
  });
}

/** The console, over one configuration. */
export class Console {
  static async start(config, identity = ["--dev-user", "bench"]) {
    const console = new Console();
    const args = ["serve", "--config", config, ...identity, "--listen", "127.0.0.1:0"];
    console.program = new Program(periscope, args, { PERISCOPE_LOG: "warn" });
    console.url = (await console.program.line()).replace("listening on ", "");
    return console;
  }

  async get(path, headers = {}) {
    const response = await fetch(`${this.url}${path}`, { headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  stop() {
    return this.program.stop();
  }
}
