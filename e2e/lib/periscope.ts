import { readFile } from "node:fs/promises";
import { Api } from "./api";
import { Daemon } from "./daemon";
import { Folder } from "./folder";
import { kubeconfig, type Target } from "./kubeconfig";
import { Kubectl } from "./kubectl";
import { run, type Outcome } from "./run";
import { periscopeBinary } from "./tools";

export interface PersonaEntry {
  id: string;
  user: string;
  groups?: string[];
}

export interface ServedCluster {
  id: string;
  name?: string;
  environment?: string;
  authorization?: unknown;
  eks?: unknown;
  target: Target;
}

interface ServeOptions {
  /** What else the configuration says. */
  settings?: Record<string, unknown>;
  env?: Record<string, string>;
}

/** The server under test. */
export class Periscope {
  private constructor(
    readonly folder: Folder,
    private readonly args: string[],
    readonly daemon: Daemon,
    readonly url: string,
    private readonly listen: string,
    private readonly env: Record<string, string>,
  ) {}

  /** `periscope demo`: the console and its world in one process. */
  static async demo(args: string[] = ["--seed", "7", "--quiet-world"]): Promise<Periscope> {
    const folder = await Folder.make("demo");
    const kubeconfig = folder.at("admin.kubeconfig");
    return Periscope.launch(folder, ["demo", "--write-kubeconfig", kubeconfig, ...args]);
  }

  /** `periscope serve --config` for several people. */
  static async serve(
    clusters: ServedCluster[],
    personas: PersonaEntry[],
    before: (folder: Folder) => Promise<void> = () => Promise.resolve(),
    { settings = {}, env = {} }: ServeOptions = {},
  ): Promise<Periscope> {
    const folder = await Folder.make("serve");
    const entries = await Promise.all(clusters.map((cluster) => Periscope.entry(folder, cluster)));
    const config = await folder.write("periscope.yaml", { clusters: entries, ...settings });
    const people = await folder.write("personas.yaml", personas);
    await before(folder);
    return Periscope.launch(folder, ["serve", "--config", config, "--dev-personas", people], undefined, env);
  }

  /** `periscope serve --config` with identity providers, at a port that they were told. */
  static async signedIn(
    port: number,
    clusters: ServedCluster[],
    settings: (folder: Folder) => Promise<Record<string, unknown>>,
  ): Promise<Periscope> {
    const folder = await Folder.make("login");
    const entries = await Promise.all(clusters.map((cluster) => Periscope.entry(folder, cluster)));
    const url = `http://127.0.0.1:${port}`;
    const config = await folder.write("periscope.yaml", {
      publicUrl: url,
      clusters: entries,
      ...(await settings(folder)),
    });
    return Periscope.launch(folder, ["serve", "--config", config], `127.0.0.1:${port}`);
  }

  private static async entry(folder: Folder, { target, ...cluster }: ServedCluster): Promise<object> {
    const file = await folder.write(`${cluster.id}.kubeconfig`, kubeconfig([target]));
    return { ...cluster, kubeconfig: { path: file, context: target.name } };
  }

  /** `periscope serve --kubeconfig` for one person. */
  static async local(content: unknown): Promise<Periscope> {
    const folder = await Folder.make("local");
    const file = await folder.write("kubeconfig", content);
    return Periscope.launch(folder, ["serve", "--kubeconfig", file]);
  }

  private static async launch(
    folder: Folder,
    args: string[],
    listen = "127.0.0.1:0",
    env: Record<string, string> = {},
  ): Promise<Periscope> {
    const daemon = new Daemon({
      command: periscopeBinary,
      args: [...args, "--listen", listen, "--data-dir", folder.at("data")],
      log: folder.at("periscope.log"),
      env,
    });
    const [, url = ""] = await daemon.line(/^listening on (http:\S+)$/m);
    return new Periscope(folder, args, daemon, url, listen, env);
  }

  /** Stops, and starts anew on the same data. */
  async restarted(): Promise<Periscope> {
    await this.daemon.stop();
    return Periscope.launch(this.folder, this.args, this.listen, this.env);
  }

  get api(): Api {
    return new Api(this.url);
  }

  as(persona: string): Promise<Api> {
    return this.api.signIn(persona);
  }

  /** An administrator of the demo's world. */
  kubectl(context: string): Kubectl {
    return new Kubectl(this.folder, this.folder.at("admin.kubeconfig"), context);
  }

  /** What it holds in memory, from /proc. */
  async residentMiB(): Promise<number> {
    const status = await readFile(`/proc/${this.daemon.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
  }

  async stop(): Promise<void> {
    await this.daemon.stop();
    await this.folder.remove();
  }
}

/** A command of the binary that ends by itself. */
export function periscope(args: string[]): Promise<Outcome> {
  return run(periscopeBinary, args);
}
