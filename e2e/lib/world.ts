import { afterAll, beforeAll } from "vitest";
import { Daemon } from "./daemon";
import { Folder } from "./folder";
import { Kube } from "./kube";
import { readTargets } from "./kubeconfig";
import { Kubectl } from "./kubectl";
import { periscopeBinary } from "./tools";

/** The personas of the demo, as the world's RBAC knows them. */
export const PERSONAS = {
  alice: { user: "alice@corp", groups: ["periscope-tier:admin"] },
  bob: { user: "bob@corp", groups: ["periscope-tier:triage"] },
  carol: { user: "carol@corp", groups: [] },
  dave: { user: "dave@corp", groups: [] },
} as const;

export interface WorldOptions {
  seed?: number;
  pods?: number;
  /** Let it change by itself. */
  lively?: boolean;
}

/** The demo world without the console: three clusters that speak the Kubernetes protocol. */
export class World {
  private constructor(
    private readonly folder: Folder,
    private readonly daemon: Daemon,
    /** An administrator, one context per cluster. */
    readonly admin: string,
    /** The console's own identity: may impersonate, and nothing else. */
    readonly server: string,
    /** Shell exports for its AWS. */
    readonly awsEnv: string,
  ) {}

  static async start(options: WorldOptions = {}): Promise<World> {
    const folder = await Folder.make("world");
    const admin = folder.at("admin.kubeconfig");
    const args = ["--seed", String(options.seed ?? 7)];
    if (options.pods !== undefined) args.push("--pods", String(options.pods));
    // Without the console built, `cargo build -p periscope-demo --example world` is enough for what only needs the world.
    const example = process.env["PERISCOPE_WORLD_EXAMPLE"];
    const daemon = example
      ? new Daemon({
          command: example,
          args: [folder.path, ...args, ...(options.lively ? [] : ["--quiet"])],
          log: folder.at("world.log"),
        })
      : new Daemon({
          command: periscopeBinary,
          args: [
            ...[
              "demo",
              "--world-only",
              "--write-kubeconfig",
              admin,
              "--write-config",
              folder.at("server.yaml"),
              "--write-aws-env",
              folder.at("aws.env"),
            ],
            ...[...args, ...(options.lively ? [] : ["--quiet-world"])],
          ],
          log: folder.at("world.log"),
        });
    await daemon.line(/^edge https:/m);
    return new World(folder, daemon, admin, folder.at("server.kubeconfig"), folder.at("aws.env"));
  }

  kubectl(context: string): Kubectl {
    return new Kubectl(this.folder, this.admin, context);
  }

  /** As the console's own identity. */
  serverKubectl(context: string): Kubectl {
    return new Kubectl(this.folder, this.server, context);
  }

  async kube(context: string): Promise<Kube> {
    const target = (await readTargets(this.admin)).find(({ name }) => name === context);
    if (!target) throw new Error(`the world has no cluster ${context}`);
    return new Kube(target);
  }

  async stop(): Promise<void> {
    await this.daemon.stop();
    await this.folder.remove();
  }
}

/** A world for the tests of one file. */
export function useWorld(options: WorldOptions = {}): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    world = await World.start(options);
  });
  afterAll(() => world?.stop());
  return () => {
    if (!world) throw new Error("the world is there only while tests run");
    return world;
  };
}
