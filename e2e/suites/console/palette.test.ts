import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeBrowser, useDesk } from "../../lib/browser";
import { eventually } from "../../lib/wait";

describeBrowser("the palette", () => {
  const desk = useDesk();
  const input = (page: Page) => page.getByRole("combobox", { name: "search everything" });

  async function open(path: string) {
    const look = await desk().look("alice");
    await look.goto(path);
    await look.ready((page) =>
      page.getByRole("navigation", { name: "resources" }).getByRole("link").nth(3).waitFor(),
    );
    await look.page.keyboard.press("ControlOrMeta+k");
    await input(look.page).waitFor();
    return look;
  }
  const at = (page: Page) => {
    const url = new URL(page.url());
    return `${url.pathname}${decodeURIComponent(url.search)}`;
  };
  const lands = (page: Page, where: string | RegExp) =>
    eventually(`at ${where}`, (saw) => {
      if (typeof where === "string") expect(saw(at(page))).toBe(where);
      else expect(saw(at(page))).toMatch(where);
    });

  it.each<[string, string]>([
    [":pods payments", "/c/prod-eu/pods?ns=payments"],
    [":po", "/c/prod-eu/pods"],
    [":deploy @staging", "/c/staging/deployments.apps"],
    [":po /api", "/c/prod-eu/pods?filter=api"],
    [":svc search /api", "/c/prod-eu/services?ns=search&filter=api"],
  ])("%s leads to %s", async (typed, where) => {
    const { page, wrong } = await open("/c/prod-eu");
    await input(page).fill(typed);
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("Enter");
    await lands(page, where);
    expect(await input(page).count()).toBe(0);
    expect(wrong).toEqual([]);
  });

  it("finds an object by its name in any cluster, with the arrow keys", async () => {
    const { page, wrong } = await open("/");
    await input(page).fill("ledger-db");
    await page
      .getByRole("option", { name: /ledger-db-0/ })
      .first()
      .waitFor();
    await page.keyboard.press("ArrowDown");
    const selected = page.getByRole("option", { selected: true });
    const title = (await selected.innerText()).split("\n")[0] ?? "";
    expect(title).toContain("ledger-db");
    await page.keyboard.press("Enter");
    await lands(page, /open=|ledger-db/);
    await page.getByRole("tablist").waitFor();
    expect(wrong).toEqual([]);
  });

  it("leaves by Escape without a trace", async () => {
    const { page, wrong } = await open("/c/prod-eu");
    await page.keyboard.press("Escape");
    await eventually("it is closed", async () => expect(await input(page).count()).toBe(0));
    expect(at(page)).toBe("/c/prod-eu");
    expect(wrong).toEqual([]);
  });

  it.each<[string, string]>([
    ["ControlOrMeta+k", ":nodes"],
    [":", "nodes"],
  ])("takes what is typed right after %s", async (key, typed) => {
    const { page, wrong } = await open("/c/prod-eu");
    await page.keyboard.press("Escape");
    await eventually("it is closed", async () => expect(await input(page).count()).toBe(0));
    await page.keyboard.press(key);
    await input(page).waitFor();
    await page.keyboard.type(typed);
    await eventually("what was typed", async () => expect(await input(page).inputValue()).toBe(":nodes"), {
      timeoutMs: 5_000,
    });
    await page.keyboard.press("Enter");
    await lands(page, "/c/prod-eu/nodes");
    expect(wrong).toEqual([]);
  });
});
