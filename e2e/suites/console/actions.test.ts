import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { describeBrowser, THEMES, useDesk, type Look, type Width } from "../../lib/browser";
import type { Kubectl } from "../../lib/kubectl";
import { eventually, until } from "../../lib/wait";

interface Deployment {
  metadata: { annotations?: Record<string, string>; labels?: Record<string, string> };
  spec: {
    replicas: number;
    paused?: boolean;
    template: {
      metadata: { annotations?: Record<string, string> };
      spec: { containers: { image: string }[] };
    };
  };
}

const RESTARTED = "kubectl.kubernetes.io/restartedAt";

describeBrowser("actions in the console", () => {
  const desk = useDesk();
  const admin = (cluster: string): Kubectl => desk().periscope.kubectl(cluster);
  const make = async (cluster: string, name: string, replicas = 2, namespace = "payments") => {
    const kubectl = admin(cluster);
    const at = ["-n", namespace];
    await kubectl.out([
      "create",
      "deployment",
      name,
      ...at,
      "--image",
      "x:1",
      "--replicas",
      String(replicas),
    ]);
    await kubectl.out(["rollout", "status", "deployment", name, ...at, "--timeout", "60s"], {
      timeoutMs: 70_000,
    });
  };
  const deployment = (cluster: string, name: string, namespace = "payments") =>
    admin(cluster).json<Deployment>(["get", "deployment", name, "-n", namespace]);
  const pageOf = (cluster: string, name: string, kind = "deployments.apps", namespace = "payments") =>
    `/c/${cluster}/${kind}/${namespace}/${name}`;

  const actions = (page: Page): Locator => page.getByRole("toolbar", { name: "actions" });
  const dialog = (page: Page): Locator => page.getByRole("dialog");
  const inDialog = (page: Page, name: RegExp | string): Locator => dialog(page).getByRole("button", { name });
  /** A button may be pressed once nothing speaks against it. */
  const press = async (button: Locator) => {
    await until("the button may be pressed", async (saw) => {
      if (saw(await button.getAttribute("aria-disabled")) !== null) return false;
      await button.click();
      return true;
    });
  };
  const entry = async (page: Page, name: RegExp) => {
    await actions(page).getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  async function open(path: string, persona = "alice", width: Width = 1440): Promise<Look> {
    const look = await desk().look(persona, width);
    await look.goto(path);
    await look.ready((page) => actions(page).getByRole("button").first().waitFor());
    return look;
  }
  const over = (page: Page) => inDialog(page, "Done").waitFor();
  /** The text on what has the focus. */
  const reason = async (page: Page, what: Locator) => {
    await what.focus();
    return (await page.getByRole("tooltip").textContent()) ?? "";
  };

  it("scale: the change first, then the same as kubectl", async () => {
    await make("staging", "acted-scale");
    const { page, wrong } = await open(pageOf("staging", "acted-scale"));
    await page.keyboard.press("s");
    const field = page.getByRole("textbox", { name: "Replicas, now 2" });
    await field.fill("3");
    await dialog(page).getByText("2 → 3 replicas").waitFor();
    await dialog(page)
      .getByText(
        /kubectl --context staging --as alice@corp .* scale deployments\.apps\/acted-scale --replicas=3/,
      )
      .waitFor();
    expect((await deployment("staging", "acted-scale")).spec.replicas).toBe(2);
    await press(inDialog(page, "Scale deployment"));
    await over(page);
    expect((await deployment("staging", "acted-scale")).spec.replicas).toBe(3);
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
    expect(wrong).toEqual([]);
  });

  it("restart from a row by its key, and find it among the recent actions", async () => {
    await make("staging", "acted-restart");
    const look = await desk().look("alice");
    await look.goto("/c/staging/deployments.apps?ns=payments&filter=acted-restart");
    const { page } = look;
    await look.ready(() => page.locator('[role="row"][data-index="0"] [data-name]').waitFor());
    await page.keyboard.press("j");
    await page.keyboard.press("r");
    await dialog(page).getByText("diff", { exact: false }).first().waitFor();
    await press(inDialog(page, "Restart deployment"));
    await over(page);
    const { annotations } = (await deployment("staging", "acted-restart")).spec.template.metadata;
    expect(annotations?.[RESTARTED]).toBeTruthy();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /recent actions/ }).click();
    await page
      .getByRole("list", { name: "recent actions" })
      .getByText(/restart/)
      .first()
      .waitFor();
    expect(look.wrong).toEqual([]);
  });

  it("delete in production only when the name is typed", async () => {
    await make("prod-eu", "acted-delete", 1);
    const { page, wrong } = await open(pageOf("prod-eu", "acted-delete"));
    await actions(page)
      .getByRole("button", { name: /^Delete/ })
      .click();
    const field = dialog(page).getByRole("textbox", { name: "type acted-delete to confirm" });
    await field.waitFor();
    const button = inDialog(page, "Delete deployment");
    await eventually("the reason of the button", async (saw) =>
      expect(saw(await reason(page, button))).toContain("type acted-delete first"),
    );
    await field.fill("acted-delet");
    await page.keyboard.press("Enter");
    expect((await deployment("prod-eu", "acted-delete")).spec.replicas).toBe(1);
    await field.fill("acted-delete");
    await press(button);
    await over(page);
    await admin("prod-eu").refusal(["get", "deployment", "acted-delete", "-n", "payments"]);
    // The console reads what was deleted once more, is told that it is gone, and browsers log that.
    expect(wrong.filter((line) => !line.includes("404 (Not Found)"))).toEqual([]);
  });

  it("roll back to a chosen revision, with its difference shown", async () => {
    await make("staging", "acted-rollback", 1);
    const kubectl = admin("staging");
    for (const image of ["x:2", "x:3"]) {
      await kubectl.out(["set", "image", "deployment/acted-rollback", `x=${image}`, "-n", "payments"]);
      await kubectl.out(["rollout", "status", "deployment", "acted-rollback", "-n", "payments"]);
    }
    const { page, wrong } = await open(pageOf("staging", "acted-rollback"));
    await entry(page, /^Roll back/);
    const revisions = dialog(page).getByRole("radio", { name: /^revision \d+$/ });
    await revisions.first().waitFor();
    expect(await revisions.count()).toBe(2);
    await dialog(page).getByRole("radio", { name: "revision 1", exact: true }).check();
    const diff = dialog(page).getByRole("region", { name: "change of acted-rollback" });
    await eventually("the way back", async (saw) => {
      const text = saw(await diff.textContent());
      expect(text).toMatch(/\+added: [^+−]*x:1/);
      expect(text).toMatch(/−removed: [^+−]*x:3/);
    });
    await press(inDialog(page, "Roll back deployment"));
    await over(page);
    const { containers } = (await deployment("staging", "acted-rollback")).spec.template.spec;
    expect(containers[0]?.image).toBe("x:1");
    expect(wrong).toEqual([]);
  });

  it("edit labels: what breaks Kubernetes' rules is said at the field", async () => {
    await make("staging", "acted-label", 1);
    const { page, wrong } = await open(pageOf("staging", "acted-label"));
    await entry(page, /^Edit labels/);
    await dialog(page).getByRole("button", { name: "Add a label" }).click();
    const row = dialog(page).getByRole("listitem").last();
    await row.getByRole("textbox", { name: "key", exact: true }).fill("not a key");
    await row.getByText(/letters, digits/).waitFor();
    expect(await reason(page, inDialog(page, /^Change labels/))).toContain("not valid");
    await row.getByRole("textbox", { name: "key", exact: true }).fill("team");
    await row.getByRole("textbox", { name: "value of team" }).fill("blue");
    await dialog(page)
      .getByText(/label deployments\.apps\/acted-label .*team=blue/)
      .waitFor();
    await press(inDialog(page, "Change labels of deployment"));
    await over(page);
    expect((await deployment("staging", "acted-label")).metadata.labels?.["team"]).toBe("blue");
    expect(wrong).toEqual([]);
  });

  it("drain: what holds it up is named, and it can be cancelled", async () => {
    await make("staging", "acted-drain", 1);
    const kubectl = admin("staging");
    const selector = ["--selector", "app=acted-drain", "--min-available", "1"];
    await kubectl.out(["create", "poddisruptionbudget", "acted-budget", "-n", "payments", ...selector]);
    const node = await until("the pod's node", async (saw) =>
      saw(
        await kubectl.out([
          ...["get", "pods", "-n", "payments", "-l", "app=acted-drain"],
          ...["-o", "jsonpath={.items[0].spec.nodeName}"],
        ]),
      ),
    );
    const { page, wrong } = await open(pageOf("staging", node, "nodes", "_"));
    await actions(page)
      .getByRole("button", { name: /^Drain/ })
      .click();
    await dialog(page)
      .getByText(/held by/)
      .first()
      .waitFor();
    await dialog(page).getByText("Evict pods with local data").click();
    await dialog(page).getByText("Evict pods that nothing owns").click();
    await press(inDialog(page, "Drain node"));
    const tab = page.getByRole("region", { name: "dock" });
    await tab.waitFor({ timeout: 30_000 });
    const blocked = tab.getByRole("listitem").filter({ hasText: "acted-drain" });
    await eventually("the pod is blocked by its budget", async (saw) => {
      const text = saw(await blocked.innerText());
      expect(text).toContain("blocked");
      expect(text).toContain("acted-budget");
    });
    expect(await blocked.getByRole("link", { name: "acted-budget" }).getAttribute("href")).toContain(
      "poddisruptionbudgets.policy",
    );
    await tab.getByRole("button", { name: "Cancel", exact: true }).click();
    await tab
      .getByText(/cancelled/)
      .first()
      .waitFor();
    const pods = await kubectl.out(["get", "pods", "-n", "payments", "-l", "app=acted-drain", "-o", "name"]);
    expect(pods.trim().split("\n").length).toBe(1);
    await kubectl.out(["uncordon", node]);
    expect(wrong).toEqual([]);
  });

  it("reveal one key of a Secret, and hide it again", async () => {
    const truth = await admin("staging").out([
      ...["get", "secret", "api-credentials", "-n", "payments", "-o", "jsonpath={.data.password}"],
    ]);
    const plain = Buffer.from(truth, "base64").toString();
    const { page, wrong } = await open(pageOf("staging", "api-credentials", "secrets"));
    expect(await page.content()).not.toContain(plain);
    await page.getByRole("button", { name: "reveal password" }).click();
    await eventually("the value", async (saw) =>
      expect(saw(await page.getByRole("region", { name: "value of password" }).textContent())).toBe(plain),
    );
    expect(page.url()).not.toContain(plain);
    await page.getByRole("button", { name: "hide password" }).click();
    expect(await page.content()).not.toContain(plain);
    expect(wrong).toEqual([]);
  });

  it("restart several at once, where one is refused", async () => {
    const kubectl = admin("prod-eu");
    for (const name of ["bulk-a", "bulk-b", "bulk-c"]) await make("prod-eu", name, 1);
    const names = ["--resource-name", "bulk-a", "--resource-name", "bulk-c"];
    await kubectl.out([
      ...["create", "role", "restarter", "-n", "payments", "--verb", "patch"],
      ...["--resource", "deployments.apps", ...names],
    ]);
    await kubectl.out([
      ...[
        "create",
        "rolebinding",
        "restarter",
        "-n",
        "payments",
        "--role",
        "restarter",
        "--user",
        "carol@corp",
      ],
    ]);
    const look = await desk().look("carol");
    await look.goto("/c/prod-eu/deployments.apps?ns=payments&filter=bulk-&sort=name");
    const { page } = look;
    await look.ready(() => page.locator('[role="row"][data-index="2"] [data-name]').waitFor());
    for (const index of [0, 1, 2]) {
      await page.keyboard.press("j");
      await page.keyboard.press("x");
      await eventually("the row is selected", async () =>
        expect(await page.locator(`[role="row"][data-index="${index}"]`).getAttribute("aria-selected")).toBe(
          "true",
        ),
      );
    }
    const bar = page.getByRole("toolbar", { name: "selection" });
    await bar.getByText("3 selected").waitFor();
    await press(bar.getByRole("button", { name: "Restart", exact: true }));
    await dialog(page).getByText("patch deployments.apps bulk-b in payments").first().waitFor();
    await dialog(page).getByText("1 object left out", { exact: false }).waitFor();
    await press(inDialog(page, "Restart 2 deployments"));
    await over(page);
    await dialog(page).getByText("all 2 done").waitFor();
    const restarted = async (name: string) =>
      RESTARTED in ((await deployment("prod-eu", name)).spec.template.metadata.annotations ?? {});
    expect(await Promise.all(["bulk-a", "bulk-b", "bulk-c"].map(restarted))).toEqual([true, false, true]);
    expect(look.wrong).toEqual([]);
  });

  it("are in sight for whoever may not do them, with the permission and the role", async () => {
    const { page, wrong } = await open(pageOf("staging", "api"), "bob");
    const refused = actions(page).getByRole("button", { name: /^Delete/ });
    await eventually("the reason", async (saw) => {
      const text = saw(await reason(page, refused));
      expect(text).toContain("delete deployments.apps api in payments on staging");
    });
    expect(await refused.getAttribute("aria-disabled")).toBe("true");
    await refused.click({ force: true });
    expect(await dialog(page).count()).toBe(0);
    const allowed = actions(page).getByRole("button", { name: /^Restart/ });
    expect(await allowed.getAttribute("aria-disabled")).toBeNull();
    // The key asks all the same, and the dialog says why it cannot be.
    await page.keyboard.press("Escape");
    await page.keyboard.press("D");
    await dialog(page).getByText("delete deployments.apps api in payments").first().waitFor();
    expect(await inDialog(page, /^Delete/).getAttribute("aria-disabled")).toBe("true");
    expect(wrong).toEqual([]);
  });

  it("are offered by right click, by a key, and by the palette", async () => {
    const look = await desk().look("alice");
    await look.goto("/c/staging/deployments.apps?ns=payments&sort=name&filter=api");
    const { page } = look;
    const row = page.locator('[role="row"][data-index="0"]');
    await look.ready(() => row.locator("[data-name]").waitFor());
    await row.click({ button: "right", position: { x: 400, y: 10 } });
    await page.getByRole("menuitem", { name: /^Restart/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
    await page.keyboard.press("j");
    await page.keyboard.press(".");
    await page.getByRole("menuitem", { name: /^Restart/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: /^Replicas/ }).waitFor();
    await page.keyboard.press("Escape");
    await row.locator("[data-name]").click();
    await actions(page)
      .getByRole("button", { name: /^Restart/ })
      .waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("restart");
    await page.getByRole("option", { name: /^Restart deployment api/ }).click();
    await page.getByRole("dialog", { name: "Restart deployment api" }).waitFor();
    expect(look.wrong).toEqual([]);
  });

  describe("look", () => {
    // Asked when it is needed: the world moves, and pods go.
    const first = async (kind: string, query: Record<string, string>) => {
      const api = await desk().periscope.as("alice");
      return (await api.list(kind, { cluster: "prod-eu", limit: 1, ...query })).rows[0]?.name ?? "";
    };
    const node = () => first("nodes", { sort: "name" });
    const pod = () => first("pods", { namespace: "payments", sort: "name" });

    interface Sight {
      name: string;
      path: () => string | Promise<string>;
      action: RegExp;
    }
    const SIGHTS: Sight[] = [
      { name: "scale", path: () => pageOf("prod-eu", "api"), action: /^Scale/ },
      { name: "rollback", path: () => pageOf("prod-eu", "api"), action: /^Roll back/ },
      { name: "labels", path: () => pageOf("prod-eu", "api"), action: /^Edit labels/ },
      { name: "delete", path: async () => pageOf("prod-eu", await pod(), "pods"), action: /^Delete/ },
      { name: "drain", path: async () => pageOf("prod-eu", await node(), "nodes", "_"), action: /^Drain/ },
    ];

    describe.each<{ width: Width }>([{ width: 1440 }, { width: 390 }])("at $width px", ({ width }) => {
      it.each(SIGHTS)("$name", async ({ name, path, action }) => {
        const look = await open(await path(), "alice", width);
        const { page } = look;
        await entry(page, action);
        await dialog(page).waitFor();
        await look.settled();
        for (const theme of THEMES) {
          await look.theme(theme);
          await look.screenshot(`action-${name}-${theme}-${width}`);
          expect.soft(await look.axe(theme === "dark" ? undefined : "colours"), `axe, ${theme}`).toEqual([]);
        }
        expect.soft(look.wrong).toEqual([]);
        const box = await dialog(page).boundingBox();
        expect(box && box.x >= 0 && box.x + box.width <= width).toBe(true);
      });
    });
  });
});
