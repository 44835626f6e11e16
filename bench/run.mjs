// Runs the measurements, all or those named, and prints one table. `scripts/bench.sh` builds what is measured.
import { Figures } from "./lib/figures.mjs";
import { stopAll } from "./lib/program.mjs";
import { audit } from "./parts/audit.mjs";
import { inBrowser } from "./parts/browser.mjs";
import { iam } from "./parts/iam.mjs";
import { latency } from "./parts/latency.mjs";
import { lists } from "./parts/lists.mjs";
import { logs } from "./parts/logs.mjs";
import { memory } from "./parts/memory.mjs";
import { real } from "./parts/real.mjs";
import { start } from "./parts/start.mjs";
import { syncs } from "./parts/sync.mjs";
import { viewers } from "./parts/viewers.mjs";

const parts = { memory, sync: syncs, lists, latency, browser: inBrowser, viewers, real, start, audit, logs, iam };

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
  process.exit(2);
}

const figures = new Figures();
for (const [name, part] of Object.entries(parts)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const began = performance.now();
  process.stderr.write(`${name}\n`);
  try {
    await part(figures);
  } catch (error) {
    figures.missing(name, String(error.message ?? error).split("\n")[0]);
    process.stderr.write(`${error.stack ?? error}\n`);
    stopAll();
  }
  process.stderr.write(`  in ${Math.round((performance.now() - began) / 1000)} s\n`);
}
console.log(figures.table());
process.exit(figures.missed > 0 ? 1 : 0);
