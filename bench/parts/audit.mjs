import { rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { bench, folder } from "../lib/parts.mjs";
import { run } from "../lib/program.mjs";

const GB = 1024 ** 3;
/** A record of 10 million rows and its index. */
const NEEDED = 5 * GB;

export async function audit(figures) {
  const home = join(folder, "audit");
  const { bavail, bsize } = statfsSync(folder);
  const rows = bavail * bsize > NEEDED ? 10_000_000 : 1_000_000;
  const { durable, large } = await run(bench, ["audit", home, "--rows", String(rows)]);
  rmSync(home, { recursive: true, force: true });

  const { rowsPerSecond, syncsPerSecond, twoSyncsMilliseconds: bare } = durable;
  figures.add("durable rows a second, 64 writers", {
    value: rowsPerSecond,
    unit: "/s",
    atLeast: 10_000,
    note: `${Math.round(rowsPerSecond / syncsPerSecond)} rows for each of the disk's ${Math.round(syncsPerSecond)} syncs a second`,
  });
  // Two rows are two syncs, one after the other: where they take longer than that the disk decides.
  figures.add("added to an action that is alone, p50", {
    value: durable.actMilliseconds,
    unit: "ms",
    atMost: Math.max(5, bare * 1.25),
    note: `two bare syncs: ${bare.toFixed(1)} ms; p99 ${durable.actP99Milliseconds.toFixed(1)} ms`,
  });
  const size = `${(large.bytes / GB).toFixed(1)} GB, and ${(large.indexBytes / GB).toFixed(1)} GB of index`;
  figures.add("verified rows a second", {
    value: large.verifyRowsPerSecond,
    unit: "/s",
    atLeast: 500_000,
    note: `the quickest of 3, ${large.verifyCpuSeconds.toFixed(1)} s of CPU; ${large.rows} rows of ${size}`,
  });
  asked(figures, `a filtered page of ${rows / 1e6} million rows`, large.asked.pages);
  asked(figures, `a histogram over them`, large.asked.histograms);
}

/** The slowest of several questions. */
function asked(figures, name, questions) {
  const slowest = (time) => Object.entries(questions).sort(([, one], [, other]) => other[time] - one[time])[0];
  const [what, { median }] = slowest("median");
  const [cold, { first }] = slowest("first");
  figures.add(`${name}, the slowest of ${Object.keys(questions).length}`, {
    value: median,
    unit: "ms",
    atMost: 100,
    note: `by ${what}; for the first time ${first.toFixed(1)} ms (${cold})`,
  });
}
