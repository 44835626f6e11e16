import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeBrowser, useDesk } from "../../lib/browser";
import { eventually } from "../../lib/wait";

/** Valid as the name of a role, and nothing that a page should run. */
const MARKUP = `<img src=x onerror=document.title='run'>`;

describeBrowser("the console, live", () => {
  const desk = useDesk();
  const names = (page: Page) => page.locator("[data-name]").allTextContents();
  const list = async (path: string) => {
    const look = await desk().look("alice");
    await look.goto(path);
    await look.ready((page) => page.locator("[data-name]").first().waitFor());
    // While the pointer is over the rows they keep their places.
    await look.page.mouse.move(0, 0);
    return look;
  };

  it("shows what kubectl does: a new object, a change, an end", async () => {
    const { page, wrong } = await list("/c/staging/deployments.apps?ns=payments&sort=name");
    const kubectl = desk().periscope.kubectl("staging");
    await kubectl.out([
      "create",
      "deployment",
      "aaa-fresh",
      "-n",
      "payments",
      "--image",
      "x:1",
      "--replicas",
      "0",
    ]);
    await eventually("the new row", async (saw) => expect(saw(await names(page))[0]).toBe("aaa-fresh"));
    const row = page.locator('[role="row"][data-index="0"]');
    await kubectl.out(["scale", "deployment", "aaa-fresh", "-n", "payments", "--replicas", "2"]);
    await eventually("two are ready", async (saw) => expect(saw(await row.innerText())).toContain("2/2"));
    await kubectl.out(["delete", "deployment", "aaa-fresh", "-n", "payments"]);
    await eventually("the row is gone", async (saw) =>
      expect(saw(await names(page))).not.toContain("aaa-fresh"),
    );
    expect(wrong).toEqual([]);
  });

  it("keeps the open pane current, and says when its object is gone", async () => {
    const kubectl = desk().periscope.kubectl("staging");
    await kubectl.out(["create", "configmap", "watched", "-n", "payments", "--from-literal", "first=1"]);
    const { page, wrong } = await list("/c/staging/configmaps?ns=payments&open=staging/payments/watched");
    await page.getByText("first").first().waitFor();
    await kubectl.out(["patch", "configmap", "watched", "-n", "payments", "-p", '{"data":{"second":"2"}}']);
    await page.getByText("second").first().waitFor();
    await kubectl.out(["delete", "configmap", "watched", "-n", "payments"]);
    await page.getByText("deleted", { exact: false }).first().waitFor();
    // The console reads it once more and is told that it is gone; browsers log that.
    expect(wrong.filter((line) => !line.includes("404 (Not Found)"))).toEqual([]);
  });

  it("counts along in the navigation", async () => {
    const { page, wrong } = await list("/c/edge/configmaps?ns=default");
    const link = page.getByRole("navigation", { name: "resources" }).getByRole("link", { name: /^Services/ });
    const count = async () => Number(/(\d+)\s*$/.exec(await link.innerText())?.[1]);
    await eventually("a count", async () => expect(await count()).toBeGreaterThanOrEqual(0));
    const before = await count();
    const kubectl = desk().periscope.kubectl("edge");
    await kubectl.out(["create", "service", "clusterip", "counted", "-n", "default", "--tcp", "80:80"]);
    await eventually("one more", async (saw) => expect(saw(await count())).toBe(before + 1));
    await kubectl.out(["delete", "service", "counted", "-n", "default"]);
    await eventually("as before", async (saw) => expect(saw(await count())).toBe(before));
    expect(wrong).toEqual([]);
  });

  it("shows names and notes with markup as the text they are", async () => {
    const role = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: {
        name: MARKUP,
        namespace: "payments",
        annotations: { note: `<script>document.title='run'</script>` },
      },
      rules: [],
    };
    const kubectl = desk().periscope.kubectl("staging");
    await kubectl.out(["create", "-f", "-"], { input: JSON.stringify(role) });
    const { page, wrong } = await list("/c/staging/roles.rbac.authorization.k8s.io?ns=payments");
    await eventually("its name as it is", async (saw) => expect(saw(await names(page))).toContain(MARKUP));
    await page.locator("[data-name]", { hasText: "onerror" }).click();
    await page.getByRole("heading", { name: MARKUP }).waitFor();
    await page.getByRole("tab", { name: "YAML" }).click();
    await page.getByText("document.title").first().waitFor();
    expect(await page.title()).toMatch(/Periscope$/);
    expect(await page.locator("img[src=x]").count()).toBe(0);
    // The world has odd things of its own.
    await page.goto(`${desk().periscope.url}/c/staging/deployments.apps/platform/gateway?tab=yaml`);
    await page.getByText("owner-note").first().waitFor();
    await page.goto(`${desk().periscope.url}/c/staging/deployments.apps/platform/gateway`);
    await page.getByText("hook answered 502").first().waitFor();
    expect(wrong).toEqual([]);
  });
});
