import type { Locator, Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeBrowser, useDesk, type Width } from "../../lib/browser";
import { eventually } from "../../lib/wait";

interface Line {
  chain: string;
  sequence: number;
}

describeBrowser("the record in the console", () => {
  const desk = useDesk();
  const row = (page: Page, index: number): Locator => page.locator(`[role="row"][data-index="${index}"]`);
  const filter = (page: Page) => page.getByRole("textbox", { name: "filter" });
  const query = (page: Page) => new URL(page.url()).searchParams;
  const until = (what: string, check: () => Promise<void>) => eventually(what, check, { timeoutMs: 15_000 });

  /** Somebody restarts the deployment api, or is refused; either is on the record then. */
  async function restart(persona: string): Promise<void> {
    const api = await desk().periscope.as(persona);
    const target = { kind: "deployments.apps", namespace: "payments", name: "api" };
    const body = { action: { type: "restart" }, targets: [target], confirm: "api" };
    await eventually(`${persona} restarts`, async (saw) => {
      const reply = saw(await api.send("POST", "/api/clusters/staging/actions", body));
      const run = JSON.parse(reply.text) as { results?: { state: string }[] };
      expect(["success", "denied"]).toContain(run.results?.[0]?.state);
    });
  }

  async function open(path: string, persona = "alice", width: Width = 1440) {
    const look = await desk().look(persona, width);
    await look.goto(path);
    await look.ready((page) => row(page, 0).locator("[data-name]").waitFor());
    return look;
  }

  it("shows an act when it happens, with how it ended, and its two rows", async () => {
    await restart("bob");
    const { page, wrong } = await open("/audit?filter=verb:restart%20cluster:staging");
    const before = await page.locator('[role="row"][data-index]').count();
    await page.mouse.move(5, 5);
    await restart("alice");
    await until("the new act stands first", async () => {
      expect(await page.locator('[role="row"][data-index]').count()).toBeGreaterThan(before);
      expect(await row(page, 0).innerText()).toMatch(/success[\s\S]*alice@corp[\s\S]*restart[\s\S]*api/);
    });
    await row(page, 0).locator("[data-name]").click();
    const pane = page.getByRole("complementary", { name: "the act" });
    await pane.getByText("Outcome", { exact: true }).waitFor();
    const text = await pane.innerText();
    expect(text).toMatch(/restart was done/);
    for (const label of [
      "Intent",
      "Took",
      "Groups",
      "Session",
      "Request",
      "Hash",
      "Before it",
      "Kubernetes audit",
    ])
      expect(text).toContain(label);
    expect(await pane.getByRole("link", { name: "api", exact: true }).getAttribute("href")).toContain(
      "/c/staging/deployments.apps?open=staging/payments/api",
    );
    expect(query(page).get("open")).toMatch(/^periscope\.[0-9a-f]+\/\d+$/);
    expect(wrong).toEqual([]);
  });

  it("is the same for who opens its address, with their own rows", async () => {
    await restart("carol");
    const alice = await open("/audit?filter=user:carol@corp%20verb:restart%20outcome:denied&range=1h");
    expect(await row(alice.page, 0).innerText()).toMatch(/denied[\s\S]*carol@corp/);
    const address = new URL(alice.page.url());
    const carol = await open(address.pathname + address.search, "carol");
    expect(await row(carol.page, 0).innerText()).toMatch(/denied[\s\S]*carol@corp/);
    await carol.page.getByText("your own acts only").waitFor();
    await carol.page.goto(`${address.origin}/audit?filter=user:alice@corp`);
    await carol.page.getByText("No acts match").waitFor();
    expect([...alice.wrong, ...carol.wrong]).toEqual([]);
  });

  it("filters by tokens and chips, and says what does not parse", async () => {
    await restart("dave");
    const { page, wrong } = await open("/audit?range=1h");
    await filter(page).fill("user:dave@corp verb:restart,sign-in");
    await until("dave's acts", async () => {
      expect(query(page).get("filter")).toBe("user:dave@corp verb:restart,sign-in");
      const texts = await page.locator('[role="row"][data-index]').allInnerTexts();
      expect(texts.length).toBeGreaterThan(0);
      for (const text of texts) expect(text).toContain("dave@corp");
    });
    await page.getByRole("link", { name: /^denied/ }).click();
    await until("what was denied", async () => {
      expect(query(page).get("filter")).toContain("outcome:denied");
      for (const text of await page.locator('[role="row"][data-index]').allInnerTexts())
        expect(text).toContain("denied");
    });
    await filter(page).fill("usr:dave");
    await page.getByRole("alert").waitFor();
    expect(await filter(page).getAttribute("aria-invalid")).toBe("true");
    expect(await page.locator("footer").innerText()).toContain("the one before is shown");
    await filter(page).fill("name:nothing-is-called-so");
    await page.getByText("No acts match").waitFor();
    await page.getByRole("button", { name: "Clear the filter", exact: true }).click();
    await row(page, 0).locator("[data-name]").waitFor();
    expect(wrong).toEqual([]);
  });

  it("looks closer by keys and by pointer, goes back, and has its figures as a table", async () => {
    const { page, wrong } = await open("/audit?range=1h");
    const chart = page.getByRole("slider", { name: "acts over time" });
    await chart.focus();
    await page.keyboard.press("End");
    expect(await chart.getAttribute("aria-valuetext")).toMatch(/ to \d\d:\d\d.*: /);
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("Enter");
    await until("a span of its own", async () => {
      expect(query(page).get("from")).toMatch(/Z$/);
      expect(Date.parse(query(page).get("to") ?? "")).toBeGreaterThan(
        Date.parse(query(page).get("from") ?? ""),
      );
    });
    await page.goBack();
    await until("the hour again", async () => expect(query(page).get("range")).toBe("1h"));
    const box = await chart.boundingBox();
    if (!box) throw new Error("the chart has no place");
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 2, box.y + 20, { steps: 6 });
    await page.mouse.up();
    await until("what was brushed", async () => {
      const span = Date.parse(query(page).get("to") ?? "") - Date.parse(query(page).get("from") ?? "");
      expect(span).toBeGreaterThan(20 * 60_000);
      expect(span).toBeLessThan(40 * 60_000);
    });
    await page.keyboard.press("t");
    const table = page.getByRole("region", {
      name: "acts over time, as a table",
    });
    await table.waitFor();
    expect(await table.getByRole("columnheader").allInnerTexts()).toContain("denied");
    expect(query(page).get("view")).toBe("table");
    expect(wrong).toEqual([]);
  });

  it("is asked from the palette and from an object", async () => {
    await restart("alice");
    const { page, wrong } = await open("/c/staging/deployments.apps?ns=payments&filter=api");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill(":audit user:alice@corp verb:restart");
    await page.getByRole("option", { name: /^Audit/ }).click();
    await until("the record", async () => {
      expect(query(page).get("filter")).toBe("user:alice@corp verb:restart");
      expect(await row(page, 0).innerText()).toContain("restart");
    });
    await page.goto(`${new URL(page.url()).origin}/c/staging/deployments.apps/payments/api`);
    await page.getByRole("link", { name: "its acts" }).click();
    await until("acts on the object", async () => {
      expect(query(page).get("filter")).toBe(
        "cluster:staging kind:deployments.apps namespace:payments name:api",
      );
      expect(await row(page, 0).innerText()).toContain("api");
    });
    expect(wrong).toEqual([]);
  });

  it("is saved as a file", async () => {
    const { page, wrong } = await open("/audit?filter=verb:sign-in&range=1h");
    await page.getByRole("button", { name: "export" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: /^CSV/ }).click();
    expect((await download).suggestedFilename()).toMatch(/^periscope-audit-.*\.csv$/);
    expect(wrong).toEqual([]);
  });

  // The page itself, in both themes and at both widths.
  describeBrowser.each<{ width: Width }>([{ width: 1440 }, { width: 390 }])("at $width px", ({ width }) => {
    const sights: [name: string, path: () => Promise<string>][] = [
      ["audit", () => Promise.resolve("/audit?range=1h")],
      ["audit-table", () => Promise.resolve("/audit?range=1h&view=table")],
      [
        "audit-row",
        async () => {
          await restart("alice");
          const api = await desk().periscope.as("alice");
          const { rows } = await api.json<{ rows: Line[] }>(["audit"], {
            verb: "restart",
            limit: 1,
          });
          return `/audit?range=1h&open=${rows[0]?.chain ?? ""}/${rows[0]?.sequence ?? ""}`;
        },
      ],
    ];
    it.each(sights)("%s", async (name, path) => {
      const look = await open(await path(), "alice", width);
      await look.inspect(name, width);
      expect(await look.page.title()).toBe("Audit · Periscope");
    });
  });
});
