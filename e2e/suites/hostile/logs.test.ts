import type { IncomingMessage } from "node:http";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Desk, describeBrowser } from "../../lib/browser";
import { Folder } from "../../lib/folder";
import { Hostile } from "../../lib/hostile";
import { readTargets, type Target } from "../../lib/kubeconfig";
import { Periscope } from "../../lib/periscope";
import { ADMINS } from "../../lib/subject";
import { eventually } from "../../lib/wait";
import { World } from "../../lib/world";

const E = "\u001b";
/** Lines as somebody would write them who wants more than to be read. Each must be text on the page, and do nothing. */
const CORPUS = [
  `<img src=x onerror=document.title='run'>`,
  `<script>document.title='run'</script>`,
  `"><svg onload=document.title='run'>`,
  `<a href="javascript:document.title='run'">click</a>`,
  `javascript:document.title='run'//`,
  `{{constructor.constructor('document.title="run"')()}}`,
  `<iframe srcdoc="<script>parent.document.title='run'</script>">`,
  `<style>*{display:none}</style>`,
  `&lt;b&gt; &#x3c;script&#x3e;`,
  `{"msg":"<img src=x onerror=document.title='run'>","<b>":"<script>1</script>","__proto__":{"level":"error"}}`,
  `{"level":"${E}[31merror","msg":"${E}]0;run\\u0007${E}[2J"}`,
  `${E}]0;run\u0007a title`,
  `${E}]2;run${E}\\another title`,
  `${E}]52;c;cm0gLXJmIC8=\u0007the clipboard`,
  `${E}]8;;javascript:document.title='run'${E}\\a link${E}]8;;${E}\\`,
  `${E}]1337;File=inline=1:AAAA\u0007an image`,
  `${E}P$q"p${E}\\a device string`,
  `${E}[2J${E}[H${E}[1;31mclear and red${E}[0m`,
  `${E}[?1049h${E}[6n${E}[cwho are you`,
  `${E}[8mconcealed${E}[0m`,
  `\u009b31mred in eight bits\u009b0m`,
  `half a sequence ${E}[`,
  `half a string ${E}]0;run`,
  `back\b\b\b\bspace`,
  `one\rtwo`,
  `rm -rf /\u202e gpj.exe`,
  `zero\u200bwidth\u2060joined`,
  `tag\u{e0041}\u{e0042}`,
  `\u0000\u0001\u0007bells`,
  `${"\u0301".repeat(2000)}zalgo`,
  `x${E}[31m`.repeat(2000),
  "W".repeat(20_000),
  `\ud83d\ude00 שלום مرحبا`,
];

describeBrowser("lines that want to be more than text", () => {
  let folder: Folder;
  let world: World;
  let hostile: Hostile;
  let desk: Desk;

  beforeAll(async () => {
    folder = await Folder.make("hostile-logs");
    world = await World.start();
    hostile = await Hostile.make(folder);
    const targets = await readTargets(world.server);
    const good = targets.find(({ name }) => name === "edge") as Target;
    const isLog = (asked: IncomingMessage) => /\/pods\/[^/]+\/log\?/.test(asked.url ?? "");
    const [target] = await hostile.between(good, (asked, answer) => {
      if (!isLog(asked)) return false;
      answer.writeHead(200, { "content-type": "text/plain" });
      const stamp = (at: number) => new Date(Date.UTC(2026, 10, 26, 13, 0, at)).toISOString();
      answer.write(
        Buffer.concat([
          ...CORPUS.map((line, at) => Buffer.from(`${stamp(at)} ${line}\n`)),
          Buffer.from([0xff, 0xfe, 0x0a]),
        ]),
      );
      // It is followed: the end never comes.
      return true;
    });
    const kubectl = world.kubectl("edge");
    await kubectl.out(["create", "deployment", "writer", "-n", "default", "--image", "x:1"]);
    const event = {
      ...{
        apiVersion: "v1",
        kind: "Event",
        type: "Warning",
        reason: `<img src=x onerror=document.title='run'>`,
      },
      metadata: { name: "hostile", namespace: "default" },
      message: `${CORPUS[0]} ${E}]0;run\u0007 \u202egpj`,
      involvedObject: { apiVersion: "apps/v1", kind: "Deployment", name: "writer", namespace: "default" },
      lastTimestamp: new Date().toISOString(),
    };
    await kubectl.run(["create", "-f", "-"], { input: JSON.stringify(event) });
    const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", rules: [] };
    const name = `<svg onload=document.title='run'>\u202egpj`;
    await kubectl.run(["create", "-f", "-"], {
      input: JSON.stringify({ ...role, metadata: { name, namespace: "default" } }),
    });
    const personas = [{ id: "admin", user: "ada@corp", groups: [ADMINS] }];
    desk = await Desk.start(await Periscope.serve([{ id: "edge", target }], personas));
  });
  afterAll(async () => {
    await desk?.stop();
    await hostile?.stop();
    await world?.stop();
    await folder?.remove();
  });

  /** Nothing of the corpus became more than text. */
  async function isHarmless(page: Page, wrong: string[]): Promise<void> {
    expect(await page.title()).not.toContain("run");
    const elements = await page.evaluate(() => {
      const all = [
        ...document.querySelectorAll(
          "img, iframe, object, embed, base, main svg[onload], [onerror], [onload], main script, [role=log] a",
        ),
      ];
      const links = [...document.querySelectorAll("a")].filter((link) => !/^https?:/.test(link.protocol));
      return [...all, ...links].map((each) => each.outerHTML.slice(0, 120));
    });
    expect(elements).toEqual([]);
    expect(wrong).toEqual([]);
  }

  it("are text in the log, and stay so when they are opened, filtered and copied", async () => {
    const look = await desk.look("admin");
    const { page, wrong } = look;
    await look.goto("/c/edge/deployments.apps/default/writer");
    await look.ready(() => page.getByRole("button", { name: "Logs" }).click());
    await look.ready(() => page.getByRole("log").waitFor());
    await page.evaluate(() => window.dispatchEvent(new Event("resize")));
    await page.getByRole("separator", { name: "height of the dock" }).focus();
    for (let step = 0; step < 12; step += 1) await page.keyboard.press("ArrowUp");
    await page.getByRole("log").focus();
    for (const look of ["o", "w", "o", "w"]) {
      await page.keyboard.press(look);
      await page.keyboard.press("g");
      await eventually("the beginning", async (saw) =>
        expect(saw(await page.locator("[data-line]").first().innerText())).toContain("onerror"),
      );
      await isHarmless(page, wrong);
    }
    const text = await page.getByRole("log").innerText();
    expect(text).toContain("<img src=x onerror=document.title='run'>");
    expect(text).toContain("<script>document.title='run'</script>");
    for (const shown of ["OSC 0", "OSC 52", "OSC 8"]) expect(text).toContain(shown);
    for (let line = 0; line < 20; line += 1) {
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
    }
    await isHarmless(page, wrong);
    await page.keyboard.press("G");
    await eventually("the end", async (saw) => {
      const all = saw(await page.locator("[data-line]").allInnerTexts()).join("\n");
      for (const shown of ["U+202E", "U+200B", "U+E0041", "U+0000", "U+0008", "U+000D"])
        expect(all).toContain(shown);
      expect(all).toContain("\ufffd");
    });
    expect(await page.getByRole("log").innerText()).not.toContain(E);
    await isHarmless(page, wrong);
    await page.keyboard.press("/");
    await page.getByRole("textbox", { name: "filter the lines" }).fill("<img");
    await eventually("only these", async (saw) =>
      expect(saw(await page.locator("mark").allInnerTexts()).length).toBeGreaterThan(0),
    );
    await isHarmless(page, wrong);
  });

  describe("and so are names and events", () => {
    it.each([
      "/c/edge/deployments.apps/default/writer?tab=events",
      "/c/edge/events?ns=default",
      "/c/edge/roles.rbac.authorization.k8s.io?ns=default",
    ])("at %s", async (where) => {
      const look = await desk.look("admin");
      await look.goto(where);
      await eventually("the name or the event", async (saw) =>
        expect(saw(await look.page.locator("body").innerText())).toMatch(/onerror|onload/),
      );
      await look.settled();
      await isHarmless(look.page, look.wrong);
      const body = await look.page.locator("body").innerText();
      expect(body).toContain("U+202E");
      expect(body).not.toContain(E);
    });
  });
});
