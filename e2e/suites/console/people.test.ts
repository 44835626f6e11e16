import { expect, it } from "vitest";
import { describeBrowser, useDesk } from "../../lib/browser";
import { eventually } from "../../lib/wait";

describeBrowser("people in the console", () => {
  const desk = useDesk();

  it("choose who they are, become somebody else, and leave", async () => {
    const { page } = await desk().look(null);
    await page.goto(`${desk().periscope.url}/c/prod-eu/pods`);
    await page.getByRole("button", { name: /^A?\s*Alice/ }).click();
    await page.getByRole("button", { name: "alice@corp, your menu" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/c/prod-eu/pods");
    await page.getByRole("button", { name: "alice@corp, your menu" }).click();
    await page.getByRole("menuitem", { name: /Become Carol/ }).click();
    await page.getByRole("button", { name: "carol@corp, your menu" }).waitFor();
    await eventually("carol's two namespaces", async () => {
      const texts = await page.locator('[role="row"][data-index]').allInnerTexts();
      expect(texts.length).toBeGreaterThan(5);
      for (const text of texts) expect(text).toMatch(/payments|search/);
    });
    await page.getByRole("button", { name: "carol@corp, your menu" }).click();
    await page.getByRole("menuitem", { name: "Sign out", exact: true }).click();
    await page.getByText("Who are you today?").waitFor();
  });

  it("are told what they may not see, and what would let them", async () => {
    const { page, wrong } = await desk().look("dave");
    await page.goto(`${desk().periscope.url}/c/prod-eu/pods`);
    await page.getByText("Pods: refused").waitFor();
    expect(await page.locator("main").innerText()).toMatch(/list pods/);
    await page.goto(`${desk().periscope.url}/c/prod-eu/secrets/payments/api-credentials`);
    await eventually("the refusal of the object", async () => {
      expect(await page.locator("main").innerText()).toMatch(/get secrets/);
    });
    // A refusal is a 403, and browsers log it.
    expect(wrong.filter((line) => !line.includes("403 (Forbidden)"))).toEqual([]);
  });

  it("never see the values of a Secret", async () => {
    const { page, wrong } = await desk().look("alice");
    const truth = await desk()
      .periscope.kubectl("prod-eu")
      .out(["get", "secret", "api-credentials", "-n", "payments", "-o", "jsonpath={.data.password}"]);
    const plain = Buffer.from(truth, "base64").toString();
    expect(plain.length).toBeGreaterThan(8);
    for (const tab of ["", "?tab=yaml"]) {
      await page.goto(`${desk().periscope.url}/c/prod-eu/secrets/payments/api-credentials${tab}`);
      await page.getByText("password").first().waitFor();
      const html = await page.content();
      expect(html).not.toContain(truth);
      expect(html).not.toContain(plain);
    }
    expect(wrong).toEqual([]);
  });
});
