import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeBrowser, NOT_SIGNED_IN, useDesk, type Width } from "../../lib/browser";
import { eventually } from "../../lib/wait";

/** What a server with identity providers would answer; the demo has none. */
const OPTIONS = {
  mode: "oidc",
  providers: [
    { id: "okta", name: "Okta" },
    { id: "corp", name: "Corp" },
  ],
  personas: [],
};

async function withProviders(page: Page): Promise<void> {
  await page.route("**/api/auth/options", (route) => route.fulfill({ json: OPTIONS }));
}

/** The session as the server has it, and not admitted. */
async function notAdmitted(page: Page): Promise<void> {
  await page.route("**/api/session", async (route) => {
    const reply = await route.fetch();
    const session = (await reply.json()) as Record<string, unknown>;
    const admission = {
      admitted: false,
      allowedGroups: ["platform", "on-call"],
    };
    await route.fulfill({ json: { ...session, mode: "oidc", admission } });
  });
}

describeBrowser("signing in", () => {
  const desk = useDesk();

  describeBrowser.each<{ width: Width }>([{ width: 1440 }, { width: 390 }])("at $width px", ({ width }) => {
    it("offers each provider, and comes back to where one was", async () => {
      const look = await desk().look(null, width);
      await withProviders(look.page);
      await look.goto("/c/prod-eu/pods?filter=api");
      const way = look.page.getByRole("link", { name: "Continue with Okta" });
      await look.ready(() => way.waitFor());
      const href = new URL((await way.getAttribute("href")) ?? "", "http://console");
      expect(href.pathname).toBe("/api/auth/login");
      expect(href.searchParams.get("provider")).toBe("okta");
      expect(href.searchParams.get("returnTo")).toBe("/c/prod-eu/pods?filter=api");
      await look.inspect("sign-in-providers", width, [NOT_SIGNED_IN]);
    });

    it("says why a sign-in failed, in words of its own", async () => {
      const look = await desk().look(null, width);
      await withProviders(look.page);
      await look.goto("/sign-in?problem=groups_claim_missing&request=b7f2-000012&error=<b>call+555</b>");
      await look.ready((page) => page.getByRole("alert").waitFor());
      const text = await look.page.getByRole("alert").innerText();
      expect(text).toContain("Your groups did not arrive");
      expect(text).toContain("b7f2-000012");
      expect(await look.page.locator("body").innerText()).not.toContain("555");
      await look.inspect("sign-in-problem", width, [NOT_SIGNED_IN]);
    });

    it("says who is not admitted, and what would help", async () => {
      const look = await desk().look("carol", width);
      await notAdmitted(look.page);
      await look.goto("/c/prod-eu/pods");
      await look.ready((page) => page.getByText("You are not admitted here").waitFor());
      const text = await look.page.locator("main").innerText();
      for (const part of ["carol@corp", "on-call", "Sign out", "Try again", "Copy for an administrator"])
        expect(text).toContain(part);
      await look.inspect("denied", width, [NOT_SIGNED_IN]);
    });

    it("lists sessions", async () => {
      await desk().periscope.as("bob");
      const look = await desk().look("alice", width);
      await look.goto("/settings/sessions");
      await look.ready((page) => page.getByText("this one").waitFor());
      await look.page.getByRole("checkbox", { name: "sessions of everybody" }).check();
      await look.ready((page) => page.getByText("bob@corp").first().waitFor());
      await look.inspect("sessions", width, [NOT_SIGNED_IN]);
    });
  });

  it("goes nowhere else than this console", async () => {
    const { page } = await desk().look(null);
    await withProviders(page);
    for (const evil of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "javascript:alert(1)",
    ]) {
      await page.goto(`${desk().periscope.url}/sign-in?returnTo=${encodeURIComponent(evil)}`);
      const way = page.getByRole("link", { name: "Continue with Okta" });
      await way.waitFor();
      const href = new URL((await way.getAttribute("href")) ?? "", "http://console");
      expect(href.searchParams.get("returnTo"), evil).toBe("/");
    }
  });

  it("stays signed out after signing out, without being sent to a provider", async () => {
    const { page } = await desk().look("carol");
    await page.goto(`${desk().periscope.url}/c/prod-eu/pods`);
    await page.getByRole("button", { name: "carol@corp, your menu" }).click();
    await withProviders(page);
    await page.getByRole("menuitem", { name: "Sign out", exact: true }).click();
    await page.getByText("You are signed out.").waitFor();
    expect(new URL(page.url()).pathname).toBe("/sign-in");
    const href = await page.getByRole("link", { name: "Continue with Okta" }).getAttribute("href");
    expect(new URL(href ?? "", "http://console").searchParams.get("returnTo")).toBe("/");
  });

  it("keeps the page of who was signed out meanwhile, and goes on when they are back", async () => {
    const look = await desk().look("carol");
    const { page } = look;
    const address = "/c/prod-eu/pods?ns=payments&filter=ledger";
    await look.goto(address);
    await look.ready(() => page.locator('[role="row"][data-index="0"] [data-name]').waitFor());
    const { url } = desk().periscope;
    await page.context().request.post(`${url}/api/auth/logout`, { data: {} });
    await look.ready(() => page.getByText("You are signed out").waitFor());
    expect(await page.locator('[role="row"][data-index]').count()).toBeGreaterThan(0);
    const back = page.getByRole("link", { name: "Sign in and return here" });
    expect(await back.getAttribute("href")).toBe(`/sign-in?returnTo=${encodeURIComponent(address)}`);
    await page.context().request.post(`${url}/api/auth/demo`, { data: { persona: "carol" } });
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await eventually("the page goes on", async () => {
      expect(await page.getByText("You are signed out").count()).toBe(0);
      expect(await page.locator('[role="row"][data-index]').count()).toBeGreaterThan(0);
    });
  });

  it("begins anew when somebody else is signed in meanwhile", async () => {
    const look = await desk().look("carol");
    const { page } = look;
    await look.goto("/c/prod-eu/pods?ns=payments");
    await look.ready(() => page.locator('[role="row"][data-index="0"] [data-name]').waitFor());
    const { url } = desk().periscope;
    await page.context().request.post(`${url}/api/auth/logout`, { data: {} });
    await look.ready(() => page.getByText("You are signed out").waitFor());
    await page.context().request.post(`${url}/api/auth/demo`, { data: { persona: "dave" } });
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await page.getByRole("button", { name: "dave@corp, your menu" }).waitFor();
    await page.getByText("Pods: refused").waitFor();
    expect(await page.locator('[role="row"][data-index]').count()).toBe(0);
  });

  it("ends a session elsewhere, after asking", async () => {
    const other = await desk().periscope.as("bob");
    const look = await desk().look("bob");
    await look.goto("/settings/sessions");
    await look.ready((page) => page.getByText("this one").waitFor());
    const end = look.page.getByRole("button", { name: "End", exact: true });
    const open = await end.count();
    expect(open).toBeGreaterThan(1);
    // Every one but this, which says why it cannot be ended.
    for (let left = open - 1; left > 0; left -= 1) {
      const row = look.page.getByRole("row").filter({ hasNotText: "this one" }).nth(1);
      await row.getByRole("button", { name: "End", exact: true }).click();
      await look.page.getByRole("button", { name: "End the session" }).click();
      await eventually("one less", async () => expect(await end.count()).toBe(left));
    }
    expect((await other.send("GET", "/api/session")).status).toBe(401);
    expect(look.wrong).toEqual([]);
  });
});
