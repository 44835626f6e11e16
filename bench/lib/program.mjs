import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const TICKS_PER_SECOND = 100;
const running = new Set();

/** Ends whatever a measurement that failed has left behind. */
export const stopAll = () => running.forEach((child) => child.kill("SIGKILL"));

/** However this process ends, what it started ends with it. */
process.on("exit", stopAll);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/** A program that runs beside the measurement, and what it uses. */
export class Program {
  #waiting = [];
  #lines = [];
  #log = "";

  constructor(command, args, env = {}) {
    this.name = `${command.split("/").at(-1)} ${args[0] ?? ""}`;
    this.child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    running.add(this.child);
    this.ended = new Promise((resolve) => this.child.on("close", resolve));
    this.child.on("close", () => {
      running.delete(this.child);
      this.#waiting.splice(0).forEach(({ reject }) => reject(this.#gone()));
    });
    this.child.stderr.on("data", (data) => (this.#log = (this.#log + data).slice(-4000)));
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      this.#log = `${this.#log}${line.slice(0, 500)}\n`.slice(-4000);
      const next = this.#waiting.shift();
      if (next) next.resolve(line);
      else this.#lines.push(line);
    });
  }

  #gone() {
    return new Error(`${this.name} ended:\n${this.#log}`);
  }

  /** The next line it prints. */
  line() {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.child.exitCode !== null) return Promise.reject(this.#gone());
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  async json() {
    return JSON.parse(await this.line());
  }

  async ask(command) {
    this.child.stdin.write(`${command}\n`);
    return this.json();
  }

  /** CPU seconds so far, in the kernel and out of it. */
  cpu() {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** Resident memory in bytes. */
  resident() {
    return this.#status("VmRSS");
  }

  peak() {
    return this.#status("VmHWM");
  }

  /** Lets the peak begin again. */
  forgetPeak() {
    return import("node:fs").then(({ writeFileSync }) =>
      writeFileSync(`/proc/${this.child.pid}/clear_refs`, "5"),
    );
  }

  #status(key) {
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    return Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)[1]) * 1024;
  }

  async stop() {
    this.child.kill("SIGTERM");
    const late = sleep(5000, "late", { ref: false });
    if ((await Promise.race([this.ended, late])) === "late") this.child.kill("SIGKILL");
    await this.ended;
  }
}

/** Runs a program to its end and reads the one line it prints. */
export async function run(command, args) {
  const program = new Program(command, args);
  const answer = await program.json();
  await program.ended;
  return answer;
}
