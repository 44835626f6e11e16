import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import axe, { type AxeResults, type RunOptions } from "axe-core";
import { chromium as launcher, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished } from "vitest";
import { Periscope } from "./periscope";
import { chromium, requireAll } from "./tools";

/** Tests that need the browser: skipped, and reported as skipped, where there is none. */
export const describeBrowser = describe.skipIf(chromium === null && !requireAll);

const ARGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

export type Width = 1440 | 390;
export const THEMES = ["dark", "light"] as const;

/** How far things may move while a page loads. */
const MAX_SHIFT = 0.02;

/** A browser logs every 401, also the one by which the console learns that nobody is signed in. */
export const NOT_SIGNED_IN = "401 (Unauthorized)";

const SCREENSHOTS = fileURLToPath(new URL("../../web/screenshots/", import.meta.url));

/** One page of the console as somebody sees it, with everything that went wrong on it. */
export class Look {
  /** Console errors, exceptions and requests to elsewhere. */
  readonly wrong: string[] = [];

  constructor(
    readonly page: Page,
    private readonly base: string,
  ) {
    page.on("console", (message) => {
      if (message.type() === "error") this.wrong.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.wrong.push(`exception: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (/^https?:$/.test(url.protocol) && url.origin !== base)
        this.wrong.push(`elsewhere: ${request.url()}`);
    });
    page.on("dialog", (dialog) => {
      this.wrong.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.base + path, { waitUntil: "load" });
  }

  /** Waits for something on the page; the failure says what is there instead. */
  async ready(what: (page: Page) => Promise<unknown>): Promise<void> {
    try {
      await what(this.page);
    } catch (error) {
      const there = await this.page.locator("body").innerText();
      throw new Error(
        `${(error as Error).message}\nat ${this.page.url()}, ${this.wrong.join("; ")}:\n${there}`,
      );
    }
  }

  /** The same page in the other theme; nothing is loaded anew. */
  async theme(theme: (typeof THEMES)[number]): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme });
    await this.settled();
  }

  /** Waits until nothing on the page changed for a moment: what was loading is there. */
  async settled(): Promise<void> {
    await this.page.evaluate(async () => {
      await document.fonts.ready;
      await new Promise<void>((resolve) => {
        const done = () => {
          observer.disconnect();
          clearTimeout(latest);
          resolve();
        };
        let quiet = setTimeout(done, 300);
        // Ages tick, so that silence may not come; by then everything else has.
        const latest = setTimeout(done, 4_000);
        const observer = new MutationObserver(() => {
          clearTimeout(quiet);
          quiet = setTimeout(done, 300);
        });
        observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      });
    });
  }

  /** How far things moved while the page loaded, and which. */
  shifts(): Promise<{ total: number; parts: string[] }> {
    return this.page.evaluate(() => {
      const seen = (window as unknown as { e2eShifts: { value: number; parts: string[] }[] }).e2eShifts;
      return {
        total: seen.reduce((sum, { value }) => sum + value, 0),
        parts: seen.flatMap(({ value, parts }) => parts.map((part) => `${value.toFixed(4)} ${part}`)),
      };
    });
  }

  /** What axe finds, one line for each element; of colours only, when the rest was looked at already. */
  async axe(only?: "colours"): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const options: RunOptions = only ? { runOnly: ["color-contrast", "link-in-text-block"] } : {};
    const { violations } = await this.page.evaluate(
      (how) => (window as unknown as { axe: { run(how: RunOptions): Promise<AxeResults> } }).axe.run(how),
      options,
    );
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 200)}: ${failureSummary ?? ""}`,
      ),
    );
  }

  /** The page as it loaded, looked at in both themes: nothing moved, axe finds nothing, nothing went wrong but what was to be. */
  async inspect(name: string, width: Width, expected: string[] = []): Promise<void> {
    await this.settled();
    const { total, parts } = await this.shifts();
    expect.soft(total, `layout shift\n${parts.join("\n")}`).toBeLessThanOrEqual(MAX_SHIFT);
    for (const theme of THEMES) {
      await this.theme(theme);
      await this.screenshot(`${name}-${theme}-${width}`);
      expect.soft(await this.axe(theme === "dark" ? undefined : "colours"), `axe, ${theme}`).toEqual([]);
    }
    const wrong = this.wrong.filter((line) => !expected.some((part) => line.includes(part)));
    expect.soft(wrong, "console").toEqual([]);
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: `${SCREENSHOTS}${name}.png` });
  }
}

export class Desk {
  private constructor(
    readonly periscope: Periscope,
    private readonly browser: Browser,
  ) {}

  static async start(periscope: Periscope): Promise<Desk> {
    const browser = await launcher.launch({ executablePath: chromium ?? "chromium", args: ARGS });
    return new Desk(periscope, browser);
  }

  /** A new browser profile, signed in unless `persona` is null. It is closed with the test. */
  async look(persona: string | null, width: Width = 1440): Promise<Look> {
    const { url } = this.periscope;
    const context = await this.browser.newContext({
      viewport: { width, height: width === 390 ? 844 : 900 },
      colorScheme: "dark",
      hasTouch: width === 390,
    });
    onTestFinished(() => context.close());
    if (persona !== null) {
      const [name = "", value = ""] = ((await this.periscope.as(persona)).cookie ?? "").split("=");
      await context.addCookies([{ name, value, url }]);
    }
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.addInitScript(() => {
      const seen: { value: number; parts: string[] }[] = [];
      (window as unknown as { e2eShifts: typeof seen }).e2eShifts = seen;
      type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Node }[] };
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as Shift[]) {
          if (entry.hadRecentInput) continue;
          const parts = entry.sources.map(({ node }) =>
            node instanceof Element ? node.outerHTML.slice(0, 160) : String(node?.textContent).slice(0, 80),
          );
          seen.push({ value: entry.value, parts });
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    return new Look(page, url);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.periscope.stop();
  }
}

/** A browser on a demo for the tests of one file. */
export function useDesk(args?: string[]): () => Desk {
  let desk: Desk | undefined;
  beforeAll(async () => {
    desk = await Desk.start(await Periscope.demo(args));
  });
  afterAll(() => desk?.stop());
  return () => {
    if (!desk) throw new Error("the desk is there only while tests run");
    return desk;
  };
}
