import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";
import { basename } from "node:path";
import { until } from "./wait";

const running = new Set<ChildProcess>();

/** Nothing that a test started may outlive it, however the test ends. */
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(1));

interface DaemonOptions {
  command: string;
  args: string[];
  /** Everything it says goes here too. */
  log: string;
  env?: Record<string, string>;
}

/** A server that runs beside the tests. */
export class Daemon {
  private said = "";
  private readonly child: ChildProcess;
  private readonly log: WriteStream;
  private readonly ended: Promise<void>;
  private end: string | null = null;

  constructor(private readonly options: DaemonOptions) {
    this.log = createWriteStream(options.log, { flags: "a" });
    this.child = spawn(options.command, options.args, {
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(this.child);
    const hear = (chunk: Buffer) => {
      this.log.write(chunk);
      // The start of the log has what a test waits for; its end is in the file.
      if (this.said.length < 1 << 20) this.said += chunk.toString();
    };
    this.child.stdout?.on("data", hear);
    this.child.stderr?.on("data", hear);
    this.ended = new Promise((resolve) => {
      const over = (how: string) => {
        this.end ??= how;
        running.delete(this.child);
        this.log.end();
        resolve();
      };
      this.child.once("error", (error) => over(error.message));
      this.child.once("close", (code, signal) => over(signal ?? `code ${code}`));
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** How it ended, or null while it runs. */
  get over(): string | null {
    return this.end;
  }

  /** The last of what it said. */
  get tail(): string {
    return this.said.slice(-2_000);
  }

  get output(): string {
    return this.said;
  }

  /** What the first line that matches says. */
  async line(pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
    return this.while(`${this.name} says ${pattern}`, () => pattern.exec(this.said) ?? undefined, timeoutMs);
  }

  /** Waits for something, and fails at once when the server ends before. */
  async while<T>(
    what: string,
    look: () => Promise<T | undefined | false> | T | undefined | false,
    timeoutMs = 30_000,
  ): Promise<T> {
    let dead: Error | null = null;
    const found = await until(
      what,
      async (saw) => {
        if (this.end !== null) {
          dead = new Error(`${this.name} ended (${this.end}) before: ${what}\n${this.tail}`);
          return "dead" as const;
        }
        saw(this.tail);
        return look();
      },
      { timeoutMs },
    );
    if (dead) throw dead;
    return found as T;
  }

  /** Asks it to end, and makes it after a while. */
  async stop(signal: NodeJS.Signals = "SIGTERM", patienceMs = 10_000): Promise<void> {
    if (this.end !== null) return;
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill("SIGKILL"), patienceMs);
    await this.ended;
    clearTimeout(timer);
  }

  private get name(): string {
    return basename(this.options.command);
  }
}
