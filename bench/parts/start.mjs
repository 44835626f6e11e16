import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Console, configuration, periscope } from "../lib/parts.mjs";
import { median } from "../lib/numbers.mjs";

const MB = 1024 * 1024;
const RUNS = 21;

export async function start(figures) {
  const config = configuration("http://127.0.0.1:9");
  const times = [];
  let idle;
  for (let at = 0; at < RUNS; at += 1) {
    const began = performance.now();
    const console = await Console.start(config);
    times.push(performance.now() - began);
    if (at === RUNS - 1) {
      await sleep(1500);
      idle = console.program.resident() / MB;
    }
    await console.stop();
  }
  const note = `median of ${RUNS}, fastest ${Math.round(Math.min(...times))} ms, with an empty database`;
  figures.add("exec → listening", { value: median(times), unit: "ms", atMost: 100, note });
  figures.add("idle memory", { value: idle, unit: "MB", atMost: 30 });
  figures.add("release binary", { value: statSync(periscope).size / MB, unit: "MB", atMost: 40 });
}
