import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describeBrowser, NOT_SIGNED_IN, useDesk, type Width } from "../../lib/browser";
import { eventually } from "../../lib/wait";

interface Sight {
  name: string;
  persona?: string | null;
  path: () => string;
  /** What must be there before it is looked at. */
  ready: (page: Page) => Promise<unknown>;
}

const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const grid = async (page: Page) => {
  await page.getByRole("grid").waitFor();
  await page.locator('[role="row"][data-index="0"] a').first().waitFor();
};

// Every page, in both themes and at both widths: nothing wrong, nothing moves, nothing that axe objects to.
describeBrowser("the console", () => {
  const desk = useDesk();
  const names = { failing: "", node: "", role: "" };

  beforeAll(async () => {
    const api = await desk().periscope.as("alice");
    await eventually("objects to look at", async () => {
      const first = async (kind: string, query: Record<string, string>) =>
        (await api.list(kind, { cluster: "staging", limit: 1, ...query })).rows[0]?.name ?? "";
      names.failing = await first("pods", { namespace: "payments", filter: "status:failing" });
      names.node = await first("nodes", { sort: "name" });
      names.role = await first("roles.rbac.authorization.k8s.io", { namespace: "payments" });
      expect(Object.values(names)).not.toContain("");
    });
  });

  const pane = (kind: string, name: () => string, namespace = "payments", tab = "") => ({
    path: () =>
      `/c/staging/${kind}?open=staging/${namespace}/${encodeURIComponent(name())}${tab ? `&tab=${tab}` : ""}`,
    ready: async (page: Page) => {
      await page.getByRole("tablist").waitFor();
      await page.getByRole("tabpanel").locator("*").first().waitFor();
    },
  });

  const SIGHTS: Sight[] = [
    { name: "sign-in", persona: null, path: () => "/", ready: (page) => see(page, "Who are you today?") },
    {
      name: "fleet",
      path: () => "/",
      ready: (page) => page.getByRole("region", { name: "attention" }).getByRole("link").first().waitFor(),
    },
    {
      name: "overview",
      path: () => "/c/staging",
      ready: (page) => page.getByRole("region", { name: "nodes" }).waitFor(),
    },
    { name: "pods", path: () => "/c/staging/pods", ready: grid },
    { name: "pods-fleet", path: () => "/fleet/pods", ready: grid },
    { name: "custom", path: () => "/c/prod-eu/nodeclaims.karpenter.sh", ready: grid },
    {
      name: "refused",
      persona: "dave",
      path: () => "/c/prod-eu/pods",
      ready: (page) => see(page, /refused/),
    },
    { name: "pod", ...pane("pods", () => names.failing) },
    { name: "pod-events", ...pane("pods", () => names.failing, "payments", "events") },
    {
      name: "pod-yaml",
      ...pane("pods", () => names.failing, "payments", "yaml"),
      ready: (page) => see(page, "apiVersion"),
    },
    { name: "pod-related", ...pane("pods", () => names.failing, "payments", "related") },
    { name: "deployment", ...pane("deployments.apps", () => "api") },
    { name: "node", ...pane("nodes", () => names.node, "_") },
    { name: "service", ...pane("services", () => "api") },
    { name: "role", ...pane("roles.rbac.authorization.k8s.io", () => names.role) },
    { name: "secret", ...pane("secrets", () => "api-credentials") },
    {
      name: "object-page",
      path: () => "/c/staging/deployments.apps/payments/api",
      ready: pane("", () => "").ready,
    },
    { name: "settings", path: () => "/settings", ready: (page) => see(page, "Theme") },
  ];

  describeBrowser.each<{ width: Width }>([{ width: 1440 }, { width: 390 }])("at $width px", ({ width }) => {
    it.each(SIGHTS)("$name", async ({ name, persona = "alice", path, ready }) => {
      const look = await desk().look(persona, width);
      await look.goto(path());
      await look.ready(ready);
      await look.inspect(name, width, name === "sign-in" ? [NOT_SIGNED_IN] : []);
      expect(await look.page.title()).toMatch(/Periscope$/);
    });

    it("palette", async () => {
      const look = await desk().look("alice", width);
      await look.goto("/c/staging");
      await look.page.getByRole("button", { name: "Search everything" }).click();
      await look.page.getByRole("combobox").fill("api");
      await look.ready((page) => page.getByRole("option").first().waitFor());
      await look.inspect("palette", width);
    });
  });
});
