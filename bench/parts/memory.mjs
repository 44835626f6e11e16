import { bench } from "../lib/parts.mjs";
import { Api, Console, configuration } from "../lib/parts.mjs";
import { run } from "../lib/program.mjs";
import { Stream } from "../lib/stream.mjs";
import { freemem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const KB = 1024;
const MB = KB * KB;

/** Bytes per pod between two sizes, each in a process of its own. */
async function slope(keeper, few, many) {
  const small = await run(bench, ["memory", keeper, String(few)]);
  const large = await run(bench, ["memory", keeper, String(many)]);
  return { perPod: (large.bytes - small.bytes) / (many - few), json: large.jsonBytes };
}

export async function memory(figures) {
  const rows = await slope("rows", 10_000, 100_000);
  // Typed pods of 100,000 need about 10 GB.
  const many = freemem() > 12 * 1024 * MB ? 100_000 : 30_000;
  const typed = await slope("reflector", 10_000, many);
  const than = { value: typed.perPod / KB, what: `kube-rs's reflector store, 10k → ${many / 1000}k` };
  figures.add("memory per row, slope 10k → 100k pods", {
    value: rows.perPod / KB,
    unit: "KB",
    atMost: 1.5,
    than,
  });
  const note = `pods of ${(rows.json / KB).toFixed(1)} KB of JSON`;
  figures.add("  the same as a share of kube-rs's", {
    value: typed.perPod / rows.perPod,
    unit: "×",
    atLeast: 40,
    note,
  });
  await server(figures);
}

async function server(figures) {
  const api = await Api.start({ pods: 30_000, replicaSets: 20_000, events: 20_000 });
  const console = await Console.start(configuration(api.server, { keepEvents: true }));
  const idle = console.program.resident();
  const stream = await Stream.open(console.url);
  for (const kind of ["pods", "replicasets.apps", "events"]) {
    await stream.subscribe(kind.split(".")[0], { type: "window", kind, limit: 100 });
  }
  for (const name of ["pods", "replicasets", "events"]) {
    await stream.live(name);
    const { total } = stream.windows.get(name);
    if (total !== { pods: 30_000 }[name] && total !== 20_000) throw new Error(`${total} ${name}`);
  }
  await sleep(5000);
  const note = `idle ${Math.round(idle / MB)} MB, peak ${Math.round(console.program.peak() / MB)} MB`;
  const value = console.program.resident() / MB;
  figures.add("whole server with 30k pods, 20k ReplicaSets, 20k events", {
    value,
    unit: "MB",
    atMost: 120,
    note,
  });
  stream.close();
  await console.stop();
  await api.stop();
}
