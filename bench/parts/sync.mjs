import { setTimeout as sleep } from "node:timers/promises";
import { Api, Console, bench, configuration } from "../lib/parts.mjs";
import { median } from "../lib/numbers.mjs";
import { run } from "../lib/program.mjs";
import { Stream } from "../lib/stream.mjs";

const MB = 1024 * 1024;
const PODS = 30_000;
const RUNS = 3;

/** A fresh server lists all pods: what that costs, and who waits meanwhile. */
async function sync(config) {
  const console = await Console.start(config);
  const stream = await Stream.open(console.url);
  // The connection, discovery and namespaces come first, for both.
  await stream.subscribe("namespaces", { type: "window", kind: "namespaces", limit: 100 });
  await stream.live("namespaces");
  await sleep(300);
  const { program } = console;
  const [cpu, began] = [program.cpu(), performance.now()];
  await stream.subscribe("pods", { type: "window", kind: "pods", limit: 100 });
  await stream.until("the list begins", ({ windows }) => windows.has("pods"));
  const asked = performance.now();
  await console.get("/api/lists/namespaces?limit=10");
  const other = performance.now() - asked;
  const early = stream.windows.get("pods").total;
  await stream.live("pods");
  const [took, used] = [performance.now() - began, program.cpu() - cpu];
  if (stream.windows.get("pods").total !== PODS) throw new Error("pods are missing");
  const peak = program.peak();
  await sleep(3000);
  const result = { used, took, other, early, beyond: (peak - program.resident()) / MB };
  stream.close();
  await console.stop();
  return result;
}

export async function syncs(figures) {
  const api = await Api.start({ pods: PODS });
  const config = configuration(api.server);
  const runs = [];
  const typed = [];
  for (let at = 0; at < RUNS; at += 1) {
    runs.push(await sync(config));
    typed.push((await run(bench, ["typed-list", api.server])).cpu);
  }
  const of = (key) => median(runs.map((one) => one[key]));
  const note = `${of("used").toFixed(2)} s of the whole server, ${median(typed).toFixed(2)} s of kube-rs's typed list over the same bytes`;
  figures.add("initial sync of 30k pods, CPU, faster than a typed list", {
    ...{ value: median(typed) / of("used"), unit: "×", atLeast: 4, note },
  });
  figures.add("  peak minus steady", { value: of("beyond"), unit: "MB", atMost: 20 });
  const waits = `the sync took ${Math.round(of("took"))} ms; the first frame had ${runs[0].early} rows`;
  figures.add("  another kind's window meanwhile", {
    value: of("other"),
    unit: "ms",
    atMost: of("took") / 4,
    note: waits,
  });
  await api.stop();
}
