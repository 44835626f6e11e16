import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { Agent, request } from "node:https";
import { Program } from "./program.mjs";
import { file, periscope } from "./parts.mjs";

/** The demo's administrator, for `Console.start`. */
export const ALICE = ["--dev-user", "alice@corp", "--dev-group", "periscope-tier:admin"];

/** So much may be under way before it is acknowledged. */
const WINDOW = 16 << 20;

/** The demo world without the console. */
export class World {
  static async start({ pods, changes } = {}) {
    const world = new World();
    world.config = file("world.yaml");
    const admin = file("admin.kubeconfig");
    const args = [
      "demo",
      "--world-only",
      "--quiet-world",
      "--write-config",
      world.config,
      "--write-kubeconfig",
      admin,
    ];
    if (pods) args.push("--pods", String(pods));
    if (changes) args.push("--changes-per-second", String(changes));
    world.program = new Program(periscope, args, { PERISCOPE_LOG: "warn" });
    for (let line = ""; !line.startsWith("edge ");) line = await world.program.line();
    world.admin = readKubeconfig(admin, "prod-eu");
    return world;
  }

  stop() {
    return this.program.stop();
  }
}

/** An API server as its administrator. */
export class Admin {
  constructor(server, { ca, token, cert, key }) {
    this.server = server;
    this.token = token;
    this.agent = new Agent({ ca, cert, key, keepAlive: true });
  }

  /**
   * Milliseconds until the last byte of a list has come, in the protocol and with the question that Periscope uses:
   * HTTP/2, and whatever the API server has at hand.
   */
  async rawList(path) {
    const session = connect(this.server, {
      ca: this.agent.options.ca,
      settings: { initialWindowSize: WINDOW },
    });
    await new Promise((resolve, reject) => session.once("connect", resolve).once("error", reject));
    session.setLocalWindowSize(WINDOW);
    const began = performance.now();
    const sent = session.request({
      ":path": `${path}?resourceVersion=0&resourceVersionMatch=NotOlderThan`,
      ...{ accept: "application/json", authorization: `Bearer ${this.token}` },
    });
    await new Promise((resolve, reject) =>
      sent
        .on("data", () => undefined)
        .once("end", resolve)
        .once("error", reject),
    );
    const took = performance.now() - began;
    session.close();
    return took;
  }

  /** `read: false` only counts the bytes. */
  ask(method, path, body, read = true, type = "application/json") {
    const headers = { accept: "application/json" };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    if (body) headers["content-type"] = type;
    return new Promise((resolve, reject) => {
      const sent = request(`${this.server}${path}`, { method, headers, agent: this.agent }, (response) => {
        let [text, bytes] = ["", 0];
        response.on("data", (data) => {
          bytes += data.length;
          if (read) text += data;
        });
        response.on("end", () => {
          if (response.statusCode >= 300)
            reject(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 300)}`));
          else resolve(read ? JSON.parse(text) : bytes);
        });
      });
      sent.on("error", reject);
      sent.end(body && JSON.stringify(body));
    });
  }
}

/** The world writes its kubeconfig as JSON. */
function readKubeconfig(path, context) {
  const config = JSON.parse(readFileSync(path, "utf8"));
  const { cluster } = config.clusters.find(({ name }) => name === context);
  const ca = Buffer.from(cluster["certificate-authority-data"], "base64").toString();
  return new Admin(cluster.server, { ca, token: config.users[0].user.token });
}
