import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeBrowser, THEMES, useDesk, type Width } from "../../lib/browser";
import { eventually } from "../../lib/wait";

describeBrowser("logs in the dock", () => {
  const desk = useDesk();
  const lines = (page: Page) => page.locator("[data-line]");
  const count = (page: Page) => lines(page).count();
  const text = (page: Page) => lines(page).allInnerTexts();
  const field = (page: Page) => page.getByRole("textbox", { name: "filter the lines" });

  async function open(path: string, width: Width = 1440, persona = "alice") {
    const look = await desk().look(persona, width);
    await look.goto(path);
    await look.ready((page) => page.getByRole("button", { name: "Logs" }).click());
    return look;
  }

  it.each<[Width]>([[1440], [390]])("stand at %i px, in both themes, without a fault", async (width) => {
    const look = await open("/c/prod-eu/deployments.apps/payments/api", width);
    await look.ready((page) => lines(page).nth(10).waitFor());
    await look.page.getByRole("button", { name: "hold still" }).click();
    for (const theme of THEMES) {
      await look.theme(theme);
      await look.screenshot(`logs-${width}-${theme}`);
      expect(await look.axe(theme === "light" ? "colours" : undefined)).toEqual([]);
    }
    await look.page.getByRole("button", { name: /containers$/ }).click();
    await look.screenshot(`logs-containers-${width}`);
    expect(await look.axe()).toEqual([]);
    expect(look.wrong).toEqual([]);
  });

  it("open by key from a row, stay over pages, fold and close", async () => {
    const look = await desk().look("alice");
    const { page } = look;
    await look.goto("/c/prod-eu/pods?ns=payments&filter=status:running");
    await look.ready(() => page.locator("[data-name]").first().waitFor());
    await page.keyboard.press("j");
    await page.keyboard.press("l");
    await look.ready(() => lines(page).first().waitFor());
    const tab = page.getByRole("tab", { name: /^pod / });
    await page
      .getByRole("navigation", { name: "resources" })
      .getByRole("link", { name: /^Deployments/ })
      .click();
    await page.waitForURL(/deployments/);
    await look.ready(() => lines(page).first().waitFor());
    await page.getByRole("log").focus();
    await page.keyboard.press("Escape");
    await eventually("the dock is folded", async () => expect(await page.getByRole("log").count()).toBe(0));
    await page.keyboard.press("`");
    await look.ready(() => lines(page).first().waitFor());
    await page.getByRole("button", { name: "close this tab" }).click();
    await eventually("the dock is gone", async () => expect(await tab.count()).toBe(0));
    expect(look.wrong).toEqual([]);
  });

  it("follow, hold still, and tell what came meanwhile", async () => {
    const { page, wrong, ready } = await open("/c/prod-eu/deployments.apps/payments/api");
    void ready;
    await lines(page).nth(10).waitFor();
    const newest = async () => (await text(page)).at(-1);
    const first = await newest();
    await eventually("new lines at the end", async (saw) => expect(saw(await newest())).not.toBe(first));
    await page.getByRole("button", { name: "hold still" }).click();
    const still = await text(page);
    const top = await page.getByRole("log").evaluate((log) => log.scrollTop);
    await page.getByRole("button", { name: /^\d+ new lines$/ }).waitFor();
    // What is read stays; what came is drawn below it at most.
    expect(await text(page)).toEqual(expect.arrayContaining(still));
    expect(await page.getByRole("log").evaluate((log) => log.scrollTop)).toBe(top);
    await page.getByRole("button", { name: /new lines$/ }).click();
    await eventually("the end again", async (saw) => expect(saw(await newest())).not.toBe(still.at(-1)));
    // Never more rows than are seen.
    expect(await count(page)).toBeLessThan(80);
    expect(wrong).toEqual([]);
  });

  it("show what a filter leaves, and where it is found", async () => {
    const { page, wrong } = await open("/c/prod-eu/deployments.apps/payments/api");
    await lines(page).nth(10).waitFor();
    await page.keyboard.press("/");
    await field(page).fill("/v1/orders");
    await eventually("only these", async (saw) => {
      const all = saw(await text(page));
      expect(all.length).toBeGreaterThan(3);
      expect(all.every((each) => each.includes("/v1/orders"))).toBe(true);
    });
    expect(await page.locator("mark").first().innerText()).toBe("/v1/orders");
    await page.getByRole("button", { name: "regular expression" }).click();
    await field(page).fill("status=5|(a+)+");
    await page.getByText("may take for ever").waitFor();
    await field(page).fill('"level":"(warn|error)"');
    await eventually("only bad ones", async (saw) => {
      const all = saw(await text(page));
      expect(all.length).toBeGreaterThan(0);
      expect(all.every((each) => /\b[WE]\b/.test(each))).toBe(true);
    });
    await page.getByRole("button", { name: "not", exact: true }).click();
    await eventually("all others", async (saw) =>
      expect(saw(await text(page)).some((each) => /\bI\b/.test(each))).toBe(true),
    );
    await field(page).focus();
    await page.keyboard.press("Escape");
    await eventually("no filter", async (saw) => expect(saw(await field(page).inputValue())).toBe(""));
    expect(wrong).toEqual([]);
  });

  it("open a line of JSON, by key", async () => {
    const { page, wrong } = await open("/c/prod-eu/deployments.apps/payments/api");
    await lines(page).nth(10).waitFor();
    await page.getByRole("log").focus();
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.locator("[data-line] pre").waitFor();
    expect(await page.locator("[data-line] pre").innerText()).toMatch(/^\{\n {2}"/);
    await page.keyboard.press("o");
    await eventually("lines as they were written", async (saw) =>
      expect(saw(await text(page)).some((each) => each.includes('{"'))).toBe(true),
    );
    await page.keyboard.press("w");
    await page.keyboard.press("t");
    await eventually("no times", async (saw) =>
      expect(saw(await text(page)).some((each) => /^\d\d:\d\d:\d\d/.test(each))).toBe(false),
    );
    expect(wrong).toEqual([]);
  });

  it("come as a file", async () => {
    const { page, wrong } = await open("/c/prod-eu/deployments.apps/payments/api");
    await lines(page).first().waitFor();
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "download as text" }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toMatch(/^prod-eu-payments-api-\d{8}T\d{6}Z\.log$/);
    await download.cancel();
    expect(wrong).toEqual([]);
  });

  it("say beforehand when they may not be read", async () => {
    const kubectl = desk().periscope.kubectl("prod-eu");
    const [where, rights] = [
      ["-n", "fraud"],
      ["--verb=get,list,watch", "--resource=deployments.apps,pods"],
    ];
    await kubectl.out(["create", "role", "looker", ...where, ...rights]);
    await kubectl.out(["create", "rolebinding", "looker", ...where, "--role=looker", "--user=carol@corp"]);
    const look = await desk().look("carol");
    await look.goto("/c/prod-eu/deployments.apps/fraud/scoring");
    const button = look.page.getByRole("button", { name: "Logs" });
    await look.ready(() => button.waitFor());
    await eventually("the reason", async (saw) => {
      await look.page.mouse.move(0, 0);
      await button.hover();
      const tips = saw(await look.page.getByRole("tooltip").allInnerTexts());
      expect(tips.join()).toContain("get pods/log in fraud");
    });
    await button.click({ force: true });
    await look.page.keyboard.press("l");
    expect(await look.page.getByRole("tablist", { name: "dock" }).count()).toBe(0);
  });
});
