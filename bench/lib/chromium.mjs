import { chromium } from "playwright-core";

const ARGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync", "--js-flags=--expose-gc"],
];

export async function browser() {
  return chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ARGS });
}

/** What the tab's main thread did, as CPU time and not as time that passed. */
export class Metrics {
  static async of(page) {
    const metrics = new Metrics();
    metrics.session = await page.context().newCDPSession(page);
    await metrics.session.send("Performance.enable", { timeDomain: "threadTicks" });
    return metrics;
  }

  async read() {
    const { metrics } = await this.session.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }

  /** Bytes of the tab's heap that are in use after a collection. */
  async heap() {
    await this.session.send("HeapProfiler.collectGarbage");
    return (await this.read()).JSHeapUsedSize;
  }
}

/** Runs in the page, before anything else: notes when the first rows are painted and how long the main thread was taken. */
export function watchFirstRows() {
  const seen = new MutationObserver(() => {
    if (!document.querySelector("[role=row] [data-name]")) return;
    seen.disconnect();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => (window.paintedAt = performance.now());
      channel.port2.postMessage(null);
    });
  });
  seen.observe(document, { childList: true, subtree: true });
}

/** Runs in the page: notes when which restarts of which pod are first in the document. */
export function watchRestarts() {
  window.seen = [];
  const heads = [...document.querySelectorAll("[role=columnheader]")];
  const column = heads.findIndex((head) => head.textContent.trim().startsWith("Restarts"));
  if (column < 0) throw new Error("there is no column of restarts");
  const note = (mutations) => {
    const at = performance.timeOrigin + performance.now();
    const rows = new Set();
    for (const { target } of mutations) {
      const element = target instanceof Element ? target : target.parentElement;
      const row = element?.closest("[role=row]");
      if (row) rows.add(row);
    }
    for (const row of rows) {
      const name = row.querySelector("[data-name]")?.title;
      const restarts = Number.parseInt(row.children[column]?.textContent, 10);
      if (name && Number.isFinite(restarts)) window.seen.push([name, restarts, at]);
    }
  };
  const table = document.querySelector("[role=grid], [role=table]") ?? document.body;
  new MutationObserver(note).observe(table, { childList: true, subtree: true, characterData: true });
}
