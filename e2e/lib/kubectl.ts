import { output, run, type Outcome } from "./run";
import { Daemon } from "./daemon";
import type { Folder } from "./folder";

interface KubectlOptions {
  input?: string;
  timeoutMs?: number;
}

/** kubectl against one context of a kubeconfig; its caches stay in the test's folder. */
export class Kubectl {
  private readonly before: string[];

  constructor(
    private readonly folder: Folder,
    private readonly kubeconfig: string,
    private readonly context: string,
    more: string[] = [],
  ) {
    this.before = [
      "--kubeconfig",
      kubeconfig,
      "--context",
      context,
      "--cache-dir",
      folder.at("cache"),
      ...more,
    ];
  }

  /** The same cluster, impersonating. */
  as(user: string, ...groups: string[]): Kubectl {
    const person = ["--as", user, ...groups.flatMap((group) => ["--as-group", group])];
    return new Kubectl(this.folder, this.kubeconfig, this.context, person);
  }

  run(args: string[], options: KubectlOptions = {}): Promise<Outcome> {
    return run("kubectl", [...this.before, ...args], { ...options, env: this.env });
  }

  /** What it prints; fails when kubectl does. */
  out(args: string[], options: KubectlOptions = {}): Promise<string> {
    return output("kubectl", [...this.before, ...args], { ...options, env: this.env });
  }

  async json<T>(args: string[]): Promise<T> {
    return JSON.parse(await this.out([...args, "-o", "json"])) as T;
  }

  /** Why it failed; it must fail. */
  async refusal(args: string[], options: KubectlOptions = {}): Promise<string> {
    const outcome = await this.run(args, options);
    if (outcome.code === 0)
      throw new Error(`kubectl ${args.join(" ")} should have failed:\n${outcome.stdout}`);
    return outcome.stderr;
  }

  /** A kubectl that goes on until it is stopped. */
  follow(args: string[]): Daemon {
    const log = this.folder.at(`kubectl-${args.slice(0, 2).join("-")}.log`);
    return new Daemon({ command: "kubectl", args: [...this.before, ...args], log, env: this.env });
  }

  /** Nothing of the person's own configuration counts. */
  private get env(): Record<string, string> {
    return { HOME: this.folder.path, KUBECONFIG: "", KUBECTL_EXTERNAL_DIFF: "" };
  }
}
