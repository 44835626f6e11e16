import { chromium as launcher, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { describeBrowser } from "../../lib/browser";
import { useReception } from "../../lib/reception";
import { chromium } from "../../lib/tools";

describeBrowser("signing in with a browser", () => {
  const reception = useReception();
  let browser: Browser;
  beforeAll(async () => {
    browser = await launcher.launch({
      executablePath: chromium ?? "chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
      ],
    });
  });
  afterAll(() => browser?.close());

  async function open(): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    return page;
  }

  /** The provider's own form. */
  async function name(page: Page, login: string): Promise<void> {
    await page.getByPlaceholder("Enter any login").fill(login);
    await page.getByPlaceholder("and password").fill("any");
    await page.getByRole("button", { name: "Sign-in" }).click();
  }

  async function signIn(page: Page, login: string, where = "/c/prod-eu/pods"): Promise<void> {
    await page.goto(reception().periscope.url + where);
    await page.getByText("The corp directory").click();
    await name(page, login);
  }

  const pods = (page: Page) => page.locator('[role="row"][data-index]').first().waitFor();

  it("somebody comes in through their provider, back to where they were", async () => {
    const page = await open();
    await signIn(page, "ada");
    await pods(page);
    expect(new URL(page.url()).pathname).toBe("/c/prod-eu/pods");
    const cookies = await page.context().cookies(reception().periscope.url);
    const session = cookies.find(({ name }) => name.startsWith("periscope_session_"));
    expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax" });
    expect(cookies.some(({ name }) => name.startsWith("periscope_login_"))).toBe(false);
  });

  it("a provider that tells no groups is said to be set up wrongly", async () => {
    const page = await open();
    await signIn(page, "nogroups");
    await page.waitForURL(/\/sign-in\?problem=groups_claim_missing/);
    await page
      .getByText(/groups/i)
      .first()
      .waitFor();
  });

  it("somebody who is not admitted reads who they are and what would let them in", async () => {
    const page = await open();
    await signIn(page, "dave");
    await page.getByText("dave@corp").first().waitFor();
    await page.getByText("visitors").first().waitFor();
    await page.getByText("on-call").first().waitFor();
  });

  it("a sign-out is one: the way back asks for a name", async () => {
    const page = await open();
    await signIn(page, "ada");
    await pods(page);
    await page.getByRole("button", { name: /your menu/ }).click();
    await page.getByRole("menuitem", { name: /^Sign out$/ }).click();
    await page.getByText("The corp directory").click();
    await page.getByPlaceholder("Enter any login").waitFor();
    await name(page, "bob");
    await page.getByRole("button", { name: /bob.*your menu/i }).waitFor();
  });

  it("a session that an administrator ended is over on its page within ten seconds", async () => {
    const page = await open();
    await signIn(page, "bob");
    await pods(page);
    const ada = await reception().as("ada");
    const { sessions } = await ada.api.json<{ sessions: { id: string; user: string; userAgent: string }[] }>(
      ["sessions"],
      { all: "true" },
    );
    const bobs = sessions.find(({ user, userAgent }) => user === "bob@corp" && userAgent.includes("Chrome"));
    expect((await ada.api.send("DELETE", `/api/sessions/${bobs?.id}`)).status).toBe(204);
    // What was seen stays to be read, and follows no more.
    await page.getByText("You are signed out").waitFor({ timeout: 10_000 });
  });
});
