import { setTimeout as sleep } from "node:timers/promises";
import { Metrics, browser, watchRestarts } from "../lib/chromium.mjs";
import { Api, Console, configuration } from "../lib/parts.mjs";
import { median, p99 } from "../lib/numbers.mjs";
import { Viewers } from "../lib/viewers.mjs";

const CHANGES = 100;
const SECONDS = 7;
/** The quietest of so many tries counts: what else runs on the machine only ever adds. */
const TRIES = 3;
/** Rows that are in sight for certain. */
const IN_SIGHT = 30;

/** For every change: when the document first showed it, or a later one of the same pod. */
function delays(made, seen) {
  const byName = Map.groupBy ? Map.groupBy(seen, ([name]) => name) : groupBy(seen, ([name]) => name);
  return made.flatMap(({ name, restarts, at }) => {
    const first = byName.get(name)?.find(([, shown, when]) => shown >= restarts && when >= at - 1);
    return first ? [first[2] - at] : [];
  });
}

function groupBy(values, key) {
  const groups = new Map();
  for (const value of values) groups.set(key(value), [...(groups.get(key(value)) ?? []), value]);
  return groups;
}

async function quietest(page, api) {
  const tries = [];
  for (let at = 0; at < TRIES; at += 1) tries.push(await measure(page, api));
  return tries.reduce((a, b) => (a.p99 <= b.p99 ? a : b));
}

async function measure(page, api) {
  const metrics = await Metrics.of(page);
  await api.pace(CHANGES, { among: IN_SIGHT, mixed: true });
  await sleep(2000);
  await page.evaluate(() => (window.seen.length = 0));
  await api.made();
  const before = await metrics.read();
  await sleep(SECONDS * 1000);
  const after = await metrics.read();
  const made = await api.made();
  await sleep(500);
  const seen = await page.evaluate(() => window.seen);
  await api.pace(0);
  const shown = new Set(seen.map(([name]) => name));
  const wanted = made.filter(({ name }) => shown.has(name));
  const took = delays(wanted, seen);
  if (took.length < wanted.length * 0.99)
    throw new Error(`${wanted.length - took.length} of ${wanted.length} changes were never shown`);
  const busy = ((after.TaskDuration - before.TaskDuration) / (after.Timestamp - before.Timestamp)) * 100;
  return { p50: median(took), p99: p99(took), count: took.length, busy };
}

export async function latency(figures) {
  const api = await Api.start({ pods: 30_000 });
  const console = await Console.start(configuration(api.server));
  const chromium = await browser();
  const page = await chromium.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${console.url}/c/bench/pods`);
  await page.waitForSelector("[role=row] [data-name]", { timeout: 60_000 });
  await sleep(3000);
  await page.evaluate(watchRestarts);

  const alone = await quietest(page, api);
  const told = ({ p50, count }) => `p50 ${Math.round(p50)} ms, ${count} changes in sight of 30k pods`;
  figures.add("change → row in the browser at 100/s, p99", {
    value: alone.p99,
    unit: "ms",
    atMost: 120,
    note: told(alone),
  });
  figures.add("  main thread busy, CPU", { value: alone.busy, unit: "%", atMost: 15 });
  const others = await Viewers.of(console.url, 199);
  const crowded = await quietest(page, api);
  figures.add("  the same with 200 viewers, p99", {
    value: crowded.p99,
    unit: "ms",
    atMost: 200,
    note: told(crowded),
  });
  await others.stop();
  await chromium.close();
  await console.stop();
  await api.stop();
}
