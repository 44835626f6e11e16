import type { Locator, Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeBrowser, useDesk } from "../../lib/browser";
import { eventually } from "../../lib/wait";

const PODS = "/c/prod-eu/pods?ns=payments";

describeBrowser("a list in the console", () => {
  const desk = useDesk();
  const row = (page: Page, index: number): Locator => page.locator(`[role="row"][data-index="${index}"]`);
  const name = async (page: Page, index: number) =>
    (await row(page, index).locator("[data-name]").textContent()) ?? "";
  const filter = (page: Page) => page.getByRole("textbox", { name: "filter" });
  const footer = (page: Page) => page.locator("footer");

  async function open(path: string, persona = "alice") {
    const look = await desk().look(persona);
    await look.goto(path);
    await look.ready((page) => row(page, 0).locator("[data-name]").waitFor());
    return look;
  }
  /** Rows settle some moments after a change. */
  const until = (what: string, check: () => Promise<void>) => eventually(what, check, { timeoutMs: 10_000 });
  const query = (page: Page) => new URL(page.url()).searchParams;

  it("filters while one types, keeps the filter in the address, and says what does not parse", async () => {
    const { page, wrong } = await open(PODS);
    await filter(page).fill("ledger");
    await until("only ledger", async () => {
      expect(await footer(page).textContent()).toMatch(/^\d+ match/);
      expect(await name(page, 0)).toMatch(/^ledger/);
      expect(query(page).get("filter")).toBe("ledger");
    });
    await filter(page).fill("restarts:>many");
    await page.getByRole("alert").waitFor();
    expect(await filter(page).getAttribute("aria-invalid")).toBe("true");
    await filter(page).fill("no-pod-is-called-so");
    await page.getByText("No pods match").waitFor();
    await page.getByRole("button", { name: "Clear the filter", exact: true }).click();
    await until("everything again", async () =>
      expect(await footer(page).textContent()).toMatch(/^\d+ pods/),
    );
    // A filter that does not parse is a 400 by design, and browsers log it.
    expect(wrong.filter((line) => !line.includes("400 (Bad Request)"))).toEqual([]);
  });

  it("sorts by a click on a heading, and again the other way", async () => {
    const { page, wrong } = await open(PODS);
    const heading = page.getByRole("columnheader", { name: "Name", exact: true });
    const sorted = async (direction: "ascending" | "descending") => {
      await until(direction, async () => {
        expect(await heading.getAttribute("aria-sort")).toBe(direction);
        const names = await Promise.all([0, 1, 2, 3, 4].map((index) => name(page, index)));
        const expected = [...names].sort();
        expect(names).toEqual(direction === "ascending" ? expected : expected.reverse());
      });
    };
    await heading.getByRole("button").click();
    await sorted("ascending");
    await heading.getByRole("button").click();
    await sorted("descending");
    expect(query(page).get("sort")).toBe("-name");
    expect(wrong).toEqual([]);
  });

  it("is walked by keys: j, k, Enter, y, Esc", async () => {
    const { page, wrong } = await open(PODS);
    const grid = page.getByRole("grid");
    const cursor = (index: number) => async () =>
      expect(await grid.getAttribute("aria-activedescendant")).toBe(`row-${index}`);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await until("the third row", cursor(2));
    await page.keyboard.press("k");
    await until("the second row", cursor(1));
    const second = await name(page, 1);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: second }).waitFor();
    expect(query(page).get("open")).toBe(`prod-eu/payments/${second}`);
    await page.keyboard.press("y");
    await until("the YAML tab", async () => {
      expect(await page.getByRole("tab", { name: "YAML" }).getAttribute("aria-selected")).toBe("true");
    });
    await page.keyboard.press("j");
    const third = await name(page, 2);
    await page.getByRole("heading", { name: third }).waitFor();
    expect(query(page).get("tab")).toBe("yaml");
    await page.keyboard.press("Escape");
    await until("the pane is closed", async () => {
      expect(await page.getByRole("tablist").count()).toBe(0);
      expect(query(page).get("open")).toBeNull();
    });
    await page.keyboard.press("/");
    await until("the filter has the focus", async () =>
      expect(await filter(page).evaluate((input) => document.activeElement === input)).toBe(true),
    );
    expect(wrong).toEqual([]);
  });

  it("is selected from by touch where there is no room for columns", async () => {
    const look = await desk().look("alice", 390);
    await look.goto(PODS);
    const { page, wrong } = look;
    await look.ready(() => row(page, 1).locator("[data-name]").waitFor());
    for (const pod of [await name(page, 0), await name(page, 1)])
      await page.getByRole("checkbox", { name: `select ${pod}`, exact: true }).tap();
    const bar = page.getByRole("toolbar", { name: "selection" });
    await bar.getByText("2 selected").waitFor();
    expect(query(page).get("open"), "no pane opened").toBeNull();
    await bar.getByRole("button", { name: "Actions" }).tap();
    await page.getByRole("menuitem", { name: /^Delete/ }).tap();
    await page.getByRole("dialog", { name: "Delete 2 pods" }).waitFor();
    await page.keyboard.press("Escape");
    await bar.getByRole("button", { name: "clear the selection" }).tap();
    await bar.waitFor({ state: "detached" });
    expect(wrong).toEqual([]);
  });

  it("narrows to a namespace by the picker", async () => {
    const { page, wrong } = await open("/c/prod-eu/pods");
    await page.getByRole("button", { name: /^namespace/ }).click();
    await page.getByRole("textbox", { name: "find a namespace" }).fill("sear");
    await page.getByRole("checkbox", { name: "search" }).check();
    await page.keyboard.press("Escape");
    await until("pods of search", async () => {
      expect(query(page).getAll("ns")).toEqual(["search"]);
      const cells = await page.locator('[role="row"][data-index]').allInnerTexts();
      for (const text of cells.slice(0, 5)) expect(text).not.toContain("payments");
      expect(await footer(page).textContent()).toContain("search");
    });
    expect(wrong).toEqual([]);
  });

  it("remembers the way back", async () => {
    const { page, wrong } = await open("/c/prod-eu/pods");
    await page
      .getByRole("navigation", { name: "resources" })
      .getByRole("link", { name: /^Deployments/ })
      .click();
    await page.getByRole("heading", { level: 1, name: "Deployments" }).waitFor();
    await row(page, 0).locator("[data-name]").click();
    await page.getByRole("tablist").waitFor();
    await page.goBack();
    await until("the pane is gone, the list is there", async () => {
      expect(await page.getByRole("tablist").count()).toBe(0);
      expect(new URL(page.url()).pathname).toBe("/c/prod-eu/deployments.apps");
    });
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Pods" }).waitFor();
    await page.goForward();
    await page.getByRole("heading", { level: 1, name: "Deployments" }).waitFor();
    expect(wrong).toEqual([]);
  });

  it("is the same for who opens its address", async () => {
    const first = await open(`${PODS}&filter=status:running&sort=-age`);
    await row(first.page, 0).locator("[data-name]").click();
    await first.page.getByRole("tab", { name: "Events" }).click();
    await until("the tab is in the address", async () => expect(query(first.page).get("tab")).toBe("events"));
    const address = new URL(first.page.url());
    const shown = await first.page.getByRole("heading", { level: 2 }).first().textContent();
    const second = await open(address.pathname + address.search);
    await until("the same view", async () => {
      expect(await second.page.getByRole("heading", { level: 2 }).first().textContent()).toBe(shown);
      expect(await second.page.getByRole("tab", { name: "Events" }).getAttribute("aria-selected")).toBe(
        "true",
      );
      expect(await filter(second.page).inputValue()).toBe("status:running");
      expect(await name(second.page, 0)).toBe(await name(first.page, 0));
    });
    expect([...first.wrong, ...second.wrong]).toEqual([]);
  });

  it("draws only what is seen of a long list", async () => {
    const { page, wrong } = await open("/c/prod-eu/pods");
    await until("all pods are counted", async () =>
      expect(await footer(page).textContent()).toMatch(/^1\D\d{3} pods/),
    );
    expect(await page.locator("*").count()).toBeLessThan(2_000);
    await page.keyboard.press("G");
    await until("the end", async () => {
      const last = await page.locator('[role="row"][data-index]').last().getAttribute("data-index");
      expect(Number(last)).toBeGreaterThan(1_300);
      expect(await row(page, Number(last)).locator("[data-name]").textContent()).toBeTruthy();
    });
    expect(await page.locator("*").count()).toBeLessThan(2_000);
    expect(wrong).toEqual([]);
  });

  it("covers several clusters, each row with its own", async () => {
    const { page, wrong } = await open("/fleet/deployments.apps?filter=api&sort=name");
    await until("rows of more than one cluster", async () => {
      const texts = (await page.locator('[role="row"][data-index]').allInnerTexts()).join("\n");
      expect(texts).toContain("prod-eu");
      expect(texts).toContain("staging");
    });
    await page.getByRole("link", { name: "staging", exact: true }).last().click();
    await until("one cluster", async () => expect(query(page).getAll("cluster")).toEqual(["staging"]));
    expect(wrong).toEqual([]);
  });
});
