import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describeBrowser, useDesk, type Look, type Width } from "../../lib/browser";
import { eventually } from "../../lib/wait";

const EXAMPLES = "aws-examples";

interface Check {
  id: string;
  state: "found" | "clear" | "unknown";
}

/** The checks that the demo world has something for. */
const CHECKS = [
  "full-admin-small-job",
  "service-wildcard",
  "irsa-shadowed",
  "role-missing",
  "association-without-service-account",
  "association-on-default",
  "shared-broad-role",
  "trust-without-sub",
  "trust-other-issuer",
  "pass-role-any",
  "aws-auth-masters",
  "node-role-fallback",
];

describeBrowser("AWS in the console", () => {
  const desk = useDesk();
  const query = (page: Page) => new URL(page.url()).searchParams;
  const until = (what: string, check: () => Promise<void>) => eventually(what, check, { timeoutMs: 15_000 });
  const tabHref = (kind: string, name: string, more = "") =>
    `/c/prod-eu/${kind}/${EXAMPLES}/${name}?tab=aws${more}`;

  // AWS is read in the background: the pages are looked at when it has been.
  beforeAll(async () => {
    const api = await desk().periscope.as("alice");
    const made = async (saw: <T>(value: T) => T) => {
      const reply = saw(await api.send("GET", "/api/clusters/prod-eu/aws/findings"));
      const { data } = JSON.parse(reply.text) as { data: { checked: Check[] } };
      const found = data.checked.filter(({ state }) => state === "found").map(({ id }) => id);
      for (const id of CHECKS) expect(found).toContain(id);
    };
    await eventually("every check of prod-eu has been made", made, { timeoutMs: 100_000 });
  });

  async function open(path: string, persona = "alice", width: Width = 1440): Promise<Look> {
    const look = await desk().look(persona, width);
    await look.goto(path);
    return look;
  }

  const PRINCIPALS = (page: Page) => page.getByRole("table", { name: "principals" });

  it("says who would lose access, and narrows to them by the chip", async () => {
    const { page, wrong } = await open("/c/prod-eu/aws/access");
    await page.getByRole("heading", { name: /would lose access when aws-auth is switched off/ }).waitFor();
    await page.getByText("API_AND_CONFIG_MAP").waitFor();
    const migration = page.getByRole("group", { name: "migration to access entries" });
    expect(await migration.innerText()).toMatch(/\d+ aws-auth only[\s\S]*\d+ both[\s\S]*\d+ entries only/);
    await PRINCIPALS(page).getByRole("link", { name: "data-engineering" }).waitFor();
    const all = await PRINCIPALS(page).getByRole("row").count();
    await migration.getByRole("link", { name: /aws-auth only/ }).click();
    await until("only those of aws-auth", async () => {
      expect(query(page).get("only")).toBe("awsAuthOnly");
      expect(await PRINCIPALS(page).getByRole("row").count()).toBeLessThan(all);
      expect(await PRINCIPALS(page).innerText()).toContain("system:masters");
    });
    await page.goBack();
    await page.getByRole("link", { name: "data-engineering" }).click();
    const pane = page.getByRole("complementary", { name: /role\/.*data-engineering/ });
    await pane.getByText("Access entry", { exact: true }).waitFor();
    await pane.getByText("aws-auth", { exact: true }).waitFor();
    expect(query(page).get("open")).toMatch(/data-engineering$/);
    expect(wrong).toEqual([]);
  });

  it("folds the entries of nodes, and opens them by the keyboard", async () => {
    const { page, wrong } = await open("/c/prod-eu/aws/access");
    const nodes = page.getByRole("button", { name: /node roles?$/ });
    await nodes.waitFor();
    expect(await page.getByRole("link", { name: "prod-eu-node", exact: true }).count()).toBe(0);
    await nodes.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "prod-eu-node", exact: true }).waitFor();
    expect(wrong).toEqual([]);
  });

  it("follows service accounts to their roles, and says which way does not work", async () => {
    const { page, wrong } = await open(`/c/prod-eu/aws/access?tab=service-accounts&find=${EXAMPLES}`);
    const row = (name: string) =>
      page
        .getByRole("row")
        .filter({ has: page.getByRole("link", { name: `${EXAMPLES} / ${name}`, exact: true }) });
    await row("shadowed-irsa").waitFor();
    expect(await row("shadowed-irsa").innerText()).toContain("annotation shadowed");
    expect(await row("deleted-role").innerText()).toContain("no such role");
    expect(await row("unbound-association").innerText()).toContain("does not exist");
    expect(await row("foreign-issuer").innerText()).toContain("refuses it");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await until("the first row is open", async () => {
      expect(query(page).get("open")).toContain(`${EXAMPLES}/`);
    });
    await page.keyboard.press("Escape");
    await until("it is closed", () => Promise.resolve(expect(query(page).get("open")).toBeNull()));
    expect(wrong).toEqual([]);
  });

  it("lists every check with what came of it, and the fix of what was found", async () => {
    const { page, wrong } = await open("/c/prod-eu/aws/access?tab=findings");
    const checks = page.getByRole("region", { name: "checks" });
    await checks.getByRole("link").first().waitFor();
    expect(await checks.getByRole("link").count()).toBeGreaterThanOrEqual(CHECKS.length);
    await page.goto(`${new URL(page.url()).origin}/c/prod-eu/aws/access?tab=findings&only=irsa-shadowed`);
    const findings = page.getByRole("region", { name: "findings" });
    await findings.getByText("shadowed-irsa").first().waitFor();
    expect(await findings.innerText()).toMatch(/Fix: /);
    const links = await findings.getByRole("link", { name: /shadowed-irsa/ }).all();
    const hrefs = await Promise.all(links.map((link) => link.getAttribute("href")));
    expect(hrefs[0], "what it is about").toContain(`tab=service-accounts&open=${EXAMPLES}/shadowed-irsa`);
    expect(hrefs.at(-1), "what it affects").toContain("tab=aws");
    expect(wrong).toEqual([]);
  });

  it("shows what a workload may do, by which way, and which statements decide", async () => {
    const { page, wrong } = await open(tabHref("deployments.apps", "pass-role-any"));
    const panel = page.getByRole("tabpanel");
    await panel.getByRole("link", { name: "PassRole", exact: true }).first().waitFor();
    const way = panel.getByRole("region", { name: "the way from the pod to its role" });
    expect(await way.getByRole("listitem").count()).toBeGreaterThanOrEqual(3);
    await panel.getByRole("link", { name: "PassRole", exact: true }).first().click();
    const why = page.getByRole("complementary", { name: "why", exact: true });
    await why.getByRole("table").waitFor();
    expect(query(page).get("why")).toBe("iam:PassRole");
    expect(await why.innerText()).toMatch(/Identity policies[\s\S]*Statements that decided/);
    await why.locator("summary").first().click();
    expect(await why.locator("pre").first().innerText()).toContain("iam:PassRole");
    await page.reload();
    await why.getByRole("table").waitFor();
    await page.goBack();
    await until("all its permissions", () => Promise.resolve(expect(query(page).get("why")).toBeNull()));
    expect(wrong).toEqual([]);
  });

  it("filters permissions by words and by verdict", async () => {
    const { page, wrong } = await open(tabHref("deployments.apps", "conditions"));
    const panel = page.getByRole("tabpanel");
    const grants = panel.getByRole("region", { name: "what it may do" });
    await grants.getByRole("link", { name: /^conditional/ }).click();
    await until("conditional rows only", async () => {
      expect(query(page).get("show")).toBe("conditional");
      const texts = await grants.locator("li").allInnerTexts();
      expect(texts.length).toBeGreaterThan(0);
      for (const text of texts) expect(text).toContain("allowed if");
    });
    await page.getByRole("searchbox", { name: "filter permissions" }).fill("nothing-is-called-so");
    await grants.getByText(/None of its permissions/).waitFor();
    expect(wrong).toEqual([]);
  });

  it("gives what is allowed as a policy", async () => {
    const { page, wrong } = await open(tabHref("deployments.apps", "service-wildcard"));
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "download as policy" }).click();
    const path = await (await download).path();
    const { readFile } = await import("node:fs/promises");
    const policy = JSON.parse(await readFile(path, "utf8")) as { Version: string; Statement: unknown[] };
    expect(policy.Version).toBe("2012-10-17");
    expect(policy.Statement.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  it("answers who can over the fleet, from a chip, by typing, and from the palette", async () => {
    const { page, wrong } = await open("/aws/who-can");
    await page.getByRole("link", { name: "iam:PassRole", exact: true }).first().click();
    await page.getByRole("heading", { name: /workloads? in .* can iam:PassRole/i }).waitFor();
    expect(query(page).get("action")).toBe("iam:PassRole");
    const workloads = page.getByRole("table", { name: "workloads" });
    await workloads
      .getByRole("link", { name: /pass-role-any/ })
      .first()
      .waitFor();
    const action = page.getByRole("combobox", { name: "Action" }).first();
    await action.fill("s3:getobj");
    await page.getByRole("option", { name: /^s3:GetObject / }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await until("the completed action is asked", async () => {
      expect(query(page).get("action")).toBe("s3:GetObject");
      await page.getByRole("heading", { name: /can s3:GetObject/ }).waitFor();
    });
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "search everything" }).fill(":who-can kms:Decrypt @staging");
    await page
      .getByRole("option", { name: /^Who can kms:Decrypt/ })
      .first()
      .click();
    await until("the palette's question", async () => {
      expect(query(page).get("action")).toBe("kms:Decrypt");
      expect(query(page).getAll("cluster")).toEqual(["staging"]);
      await page
        .getByRole("heading", { name: /of staging can kms:Decrypt|was seen can kms:Decrypt/ })
        .waitFor();
    });
    expect(wrong).toEqual([]);
  });

  it("says why one workload cannot", async () => {
    const { page, wrong } = await open("/aws/who-can?action=iam:CreateUser");
    await page.getByRole("combobox", { name: /one workload/ }).fill("well-made");
    await page
      .getByRole("option", { name: /deployment/ })
      .first()
      .click();
    const pane = page.getByRole("complementary", { name: "why", exact: true });
    await pane
      .getByText(/not allowed|denied by/)
      .first()
      .waitFor();
    expect(query(page).get("open")).toContain("deployments.apps/aws-examples/well-made");
    expect(wrong).toEqual([]);
  });

  it("asks what is dangerous together as one question, and explains each part of it", async () => {
    const { page, wrong } = await open("/aws/who-can");
    await page.getByRole("button", { name: /more of the catalogue/ }).click();
    await page
      .getByRole("link", { name: /^iam:PassRole \+ lambda:CreateFunction/ })
      .first()
      .click();
    await page
      .getByRole("heading", { name: /can iam:PassRole and lambda:CreateFunction.* together/ })
      .waitFor();
    await page.getByRole("link", { name: "why pass-role-any" }).first().click();
    const pane = page.getByRole("complementary", { name: "why", exact: true });
    await pane.getByRole("heading", { name: /do iam:PassRole on/ }).waitFor();
    await pane.getByRole("link", { name: "lambda:CreateFunction", exact: true }).click();
    await pane.getByRole("heading", { name: /do lambda:CreateFunction on/ }).waitFor();
    expect(query(page).get("part")).toBe("lambda:CreateFunction");
    expect(wrong).toEqual([]);
  });

  it("explains one action of a pattern, from a row of who can and from a row of a workload", async () => {
    const { page, wrong } = await open("/aws/who-can?action=s3:Delete*");
    await page.getByRole("link", { name: "why not-action" }).first().click();
    const pane = page.getByRole("complementary", { name: "why", exact: true });
    await pane.getByRole("combobox", { name: /of s3:Delete\*/ }).selectOption("s3:DeleteAccessPoint");
    await pane.getByRole("heading", { name: /do s3:DeleteAccessPoint on/ }).waitFor();
    await page.goto(
      `${new URL(page.url()).origin}${tabHref("deployments.apps", "not-action", "&find=backup")}`,
    );
    const backup = page.getByRole("region", { name: "backup", exact: true });
    await backup.getByRole("link", { name: "*", exact: true }).click();
    await pane.getByRole("heading", { name: /do backup:\w+ on any resource/ }).waitFor();
    await pane.getByRole("table").waitFor();
    expect(wrong).toEqual([]);
  });

  it("sorts by a title, which stands in the address", async () => {
    const { page, wrong } = await open("/c/prod-eu/aws/access?tab=roles");
    const used = () => page.getByRole("columnheader", { name: "Last used" });
    await used().getByRole("button").click();
    await until("what was used last", async () => {
      expect(query(page).get("sort")).toBe("used");
      expect(await used().getAttribute("aria-sort")).toBe("ascending");
    });
    await page.reload();
    await used().getByRole("button").click();
    await until("what was used first", () => Promise.resolve(expect(query(page).get("sort")).toBe("-used")));
    expect(wrong).toEqual([]);
  });

  it("does not parse what is no action, and says so at the field", async () => {
    const { page } = await open("/aws/who-can?action=not%20an%20action");
    await page.getByRole("heading", { name: "The question does not parse" }).waitFor();
    expect(await page.getByRole("combobox", { name: "Action" }).first().getAttribute("aria-invalid")).toBe(
      "true",
    );
  });

  it("says what to configure for a cluster that is not on EKS", async () => {
    const { page, wrong } = await open("/c/edge/aws/access");
    await page.getByRole("heading", { name: /edge is not known to be an EKS cluster/ }).waitFor();
    await page.getByText("arn:aws:eks:REGION:ACCOUNT:cluster/NAME").waitFor();
    expect(wrong).toEqual([]);
  });

  it("shows to each person the workloads of their own namespaces only", async () => {
    const { page } = await open("/aws/who-can?action=*", "dave");
    await page.getByRole("heading", { name: /can \*/ }).waitFor();
    expect(await page.getByRole("region", { name: "who can" }).innerText()).not.toContain(EXAMPLES);
  });

  it("reads AWS again when asked to", async () => {
    const { page, wrong } = await open("/c/prod-eu/aws/access");
    await page.getByRole("button", { name: "Check again" }).click();
    await page.getByRole("status").filter({ hasText: "read again" }).waitFor({ timeout: 30_000 });
    expect(wrong).toEqual([]);
  });

  // The pages themselves, in both themes and at both widths.
  const SIGHTS: [name: string, path: string, title: RegExp][] = [
    ["aws-access", "/c/prod-eu/aws/access", /^Cluster access/],
    [
      "aws-access-accounts",
      `/c/prod-eu/aws/access?tab=service-accounts&open=${EXAMPLES}/shadowed-irsa`,
      /^Cluster access/,
    ],
    ["aws-access-roles", "/c/prod-eu/aws/access?tab=roles", /^Cluster access/],
    ["aws-access-findings", "/c/prod-eu/aws/access?tab=findings", /^Cluster access/],
    ["aws-findings", "/aws/findings", /^AWS findings/],
    ["aws-tab", tabHref("deployments.apps", "pass-role-any"), /^pass-role-any/],
    ["aws-tab-chain", tabHref("deployments.apps", "role-chain"), /^role-chain/],
    ["aws-tab-why", tabHref("deployments.apps", "pass-role-any", "&why=iam:PassRole&on=*"), /^pass-role-any/],
    [
      "aws-tab-pane",
      `/c/prod-eu/deployments.apps?open=prod-eu/${EXAMPLES}/scp-denied&tab=aws`,
      /^Deployments/,
    ],
    ["aws-who-can", "/aws/who-can", /^Who can/],
    ["aws-who-can-result", "/aws/who-can?action=s3:Delete*", /^Who can/],
    [
      "aws-who-can-why",
      `/aws/who-can?action=iam:PassRole&open=prod-eu/deployments.apps/${EXAMPLES}/pass-role-any`,
      /^Who can/,
    ],
    ["aws-not-eks", "/c/edge/aws/access", /^Cluster access/],
  ];
  describeBrowser.each<{ width: Width }>([{ width: 1440 }, { width: 390 }])("at $width px", ({ width }) => {
    it.each(SIGHTS)("%s", async (name, path, title) => {
      const look = await open(path, "alice", width);
      await look.ready((page) => page.locator("main h2, main h3").first().waitFor());
      await look.inspect(name, width);
      expect(await look.page.title()).toMatch(title);
      expect(await look.page.title()).toMatch(/Periscope$/);
    });
  });
});
