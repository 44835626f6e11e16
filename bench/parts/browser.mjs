import { setTimeout as sleep } from "node:timers/promises";
import { Metrics, browser, watchFirstRows } from "../lib/chromium.mjs";
import { Api, Console, configuration } from "../lib/parts.mjs";
import { median } from "../lib/numbers.mjs";

const KB = 1024;
const MB = KB * KB;
const RUNS = 7;

/** Milliseconds from navigation to rows on the screen, in a tab that knows the console's files. */
async function painted(context, url) {
  const page = await context.newPage();
  await page.addInitScript(watchFirstRows);
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => window.paintedAt, undefined, { timeout: 60_000 });
  const at = await page.evaluate(() => window.paintedAt);
  return { page, at };
}

/** The same rows all at once, as a table without windows draws them: what the limits are beside. */
async function everything(context) {
  const page = await context.newPage();
  await page.setContent("<div id=all></div>");
  return page.evaluate(async () => {
    const began = performance.now();
    const rows = Array.from({ length: 10_000 }, (_, row) => {
      const cells = Array.from({ length: 15 }, (_, cell) => `<td><span>cell ${row} ${cell}</span></td>`);
      return `<tr>${cells.join("")}</tr>`;
    });
    document.getElementById("all").innerHTML = `<table>${rows.join("")}</table>`;
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return { took: performance.now() - began, elements: document.querySelectorAll("*").length };
  });
}

export async function inBrowser(figures) {
  const api = await Api.start({ pods: 30_000 });
  const console = await Console.start(configuration(api.server));
  await console.get("/api/lists/pods?limit=1");
  const chromium = await browser();
  const context = await chromium.newContext({ viewport: { width: 1440, height: 900 } });
  const url = `${console.url}/c/bench/pods`;
  const times = [];
  let last;
  for (let at = 0; at < RUNS; at += 1) {
    await last?.page.close();
    last = await painted(context, url);
    times.push(last.at);
  }
  const { page } = last;
  await files(figures, console.url, await page.evaluate(filesSoFar));
  await sleep(2000);
  const elements = await page.evaluate(() => document.querySelectorAll("*").length);
  const heap = await (await Metrics.of(page)).heap();
  const all = await everything(context);
  const note = `median of ${RUNS}, first ${Math.round(times[0])} ms; a plain table of 10k rows takes ${Math.round(all.took)} ms`;
  figures.add("30k pods in Chromium: navigation → rows painted", {
    value: median(times),
    unit: "ms",
    atMost: 700,
    note,
  });
  figures.add("  elements", { value: elements, atMost: 2000, note: `the plain table has ${all.elements}` });
  figures.add("  heap of the tab", { value: heap / MB, unit: "MB", atMost: 30 });
  await chromium.close();
  await console.stop();
  await api.stop();
}

/** Runs in the page: what it fetched of the console itself until rows were painted. */
function filesSoFar() {
  const fetched = performance
    .getEntriesByType("resource")
    .filter(({ startTime }) => startTime < window.paintedAt);
  return fetched.map(({ name }) => new URL(name).pathname).filter((path) => !path.startsWith("/api/"));
}

async function files(figures, url, paths) {
  let zipped = 0;
  const wrong = [];
  for (const path of paths) {
    const { headers } = await fetch(`${url}${path}`, { headers: { "accept-encoding": "gzip" } });
    const gzip = headers.get("content-encoding") === "gzip";
    if (path.endsWith(".js")) zipped += Number(headers.get("content-length"));
    const isText = /\.(js|css|svg)$/.test(path);
    const immutable = headers.get("cache-control")?.includes("immutable") || !path.startsWith("/assets/");
    if ((isText && !gzip) || !immutable) wrong.push(path);
  }
  const scripts = paths
    .filter((path) => path.endsWith(".js"))
    .map((path) => path.split("/").at(-1).split("-")[0]);
  const note = scripts.join(", ");
  figures.add("first JavaScript for shell and list, gzipped", {
    value: zipped / KB,
    unit: "KB",
    atMost: 140,
    note,
  });
  const measured = wrong.length === 0 ? `all ${paths.length} files` : `not ${wrong.join(", ")}`;
  figures.holds("  compressed beforehand, immutable", wrong.length === 0, { limit: "every file", measured });
}
