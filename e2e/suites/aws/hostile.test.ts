import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ages, Asker, codes, DARK, DATA, EXAMPLES, HOME, type Part, PROD, READER, SERVER, SESSION, STAGING,
  type Status, useAwsWorld,
} from "../../lib/aws-asker";
import { startBroken } from "../../lib/aws-broken";
import {
  ahead, AwsRelay, denied, edited, FAULTS, once, refusal, withInline, withTrust, type Asked, type Fault,
} from "../../lib/aws-relay";
import { Desk, describeBrowser } from "../../lib/browser";
import { Periscope } from "../../lib/periscope";
import { eventually } from "../../lib/wait";

// The demo world's AWS behind a relay that misbehaves as it is told. Whatever AWS does: what was read stays with its age,
// each failure is a gap with a name, no answer is a server error, and no page is blank.

describe("an AWS that misbehaves", () => {
  const world = useAwsWorld();
  let relay: AwsRelay;
  let periscope: Periscope;
  let ask: Asker;
  let desk: Desk | undefined;
  /** The associations of staging as they were before EKS went silent about them. */
  let heard: Part;

  const isSilent = (asked: Asked) =>
    asked.operation === "eks:ListPodIdentityAssociations" && asked.account === STAGING;

  /** During `check` these operations misbehave; AWS was asked again with them, and is asked again after. */
  async function during(
    faults: [Parameters<AwsRelay["misbehave"]>[0], Fault][],
    check: (told: Status) => Promise<void>,
  ) {
    const ends = faults.map(([which, fault]) => relay.misbehave(which, fault));
    try {
      await check((await ask.refresh("prod-eu")).data);
    } finally {
      for (const end of ends) end();
    }
  }

  beforeAll(async () => {
    [relay, periscope] = await startBroken(world());
    ask = new Asker(await periscope.as("alice"));
    await eventually("prod-eu and staging's EKS are read", async (saw) => {
      for (const { part, state, gaps } of saw((await ask.status("prod-eu")).data.parts))
        expect([part, state, gaps]).toEqual([part, "live", []]);
      for (const name of ["eks", "accessEntries", "podIdentity", "instances"])
        expect(saw(await ask.part("staging", name))).toMatchObject({ state: "live", gaps: [] });
    });
    await eventually("the workloads of prod-eu are known", async () => {
      const { data } = await ask.workload("prod-eu", "role-chain");
      expect(data.chains).not.toEqual([]);
      const { roles } = (await ask.roles("prod-eu")).data;
      expect(roles.filter(({ state }) => state === "unread")).toEqual([]);
    });
    heard = await ask.part("staging", "podIdentity");
    // Three tries of 20 s: what comes of it is looked at by the last test.
    relay.misbehave(isSilent, FAULTS.silent);
    void ask.refresh("staging").catch(() => undefined);
  }, 90_000);

  afterAll(async () => {
    await (desk ?? periscope).stop();
    await relay.stop();
  });

  describe("in any way", () => {
    const FAULTY = [
      "iam:GetAccountAuthorizationDetails",
      "iam:ListOpenIDConnectProviders",
      "eks:ListAccessEntries",
      "eks:ListPodIdentityAssociations",
      "organizations:ListParents",
      "ec2:DescribeInstances",
    ];

    it.each([
      ["throttles", "throttled", "AWS_THROTTLED"],
      ["fails", "broken", "AWS_ERROR"],
      ["answers with a page", "page", "AWS_UNSUPPORTED"],
      ["hangs up", "cut", "AWS_UNREACHABLE"],
      ["breaks off", "truncated", "AWS_UNREADABLE"],
    ] as const)("when it %s, what was read stays with its age, and says so", async (_, fault, code) => {
      const before = (await ask.status("prod-eu")).data;
      const [access, roles, may, who] = await Promise.all([
        ask.access("prod-eu"),
        ask.roles("prod-eu"),
        ask.workload("prod-eu", "pass-role-any"),
        ask.whoCan("s3:GetObject", "prod-eu"),
      ]);
      expect(access.data.principals).not.toEqual([]);
      await during(
        FAULTY.map((operation) => [
          (asked) => asked.operation === operation && asked.account !== STAGING,
          FAULTS[fault],
        ]),
        async (told) => {
          expect(codes(told)).toEqual({
            eks: [],
            accessEntries: [code],
            podIdentity: [code],
            iam: [code],
            oidcProviders: [code],
            organization: [code],
            instances: [code],
          });
          const { eks, ...kept } = ages(told);
          const { eks: old, ...had } = ages(before);
          expect(kept).toEqual(had);
          expect(eks).not.toBe(old);
          for (const { part, gaps } of told.parts)
            for (const { what } of gaps)
              expect(`${part}: ${what}`).toMatch(/(iam|eks|organizations|ec2):[A-Z]\w+/);
          const now = {
            access: await ask.access("prod-eu"),
            roles: await ask.roles("prod-eu"),
            may: await ask.workload("prod-eu", "pass-role-any"),
            who: await ask.whoCan("s3:GetObject", "prod-eu"),
          };
          expect(now.access.data.principals).toEqual(access.data.principals);
          expect(now.roles.data).toEqual(roles.data);
          expect(now.may.data.services).toEqual(may.data.services);
          expect(now.who.data.rows).toEqual(who.data.rows);
          const said = {
            access: now.access.gaps,
            roles: now.roles.gaps,
            may: now.may.gaps,
            who: now.who.data.perCluster.flatMap(({ gaps }) => gaps),
          };
          for (const [name, gaps] of Object.entries(said))
            expect(
              gaps.map((gap) => gap.code),
              name,
            ).toContain(code);
          await ask.answersAll("prod-eu");
        },
      );
    });

    it("and once it answers again, nothing of that is left", async () => {
      const before = ages((await ask.status("prod-eu")).data);
      const { data } = await ask.refresh("prod-eu");
      expect(Object.values(codes(data)).flat()).toEqual([]);
      for (const [part, at] of Object.entries(ages(data))) expect(at, part).not.toBe(before[part]);
      expect((await ask.workload("prod-eu", "pass-role-any")).gaps).toEqual([]);
      expect((await ask.access("prod-eu")).gaps).toEqual([]);
    });
  });

  it("tries again with new keys when its own have ended", async () => {
    const operations = [
      "iam:GetAccountAuthorizationDetails",
      "organizations:DescribeOrganization",
      "eks:DescribeCluster",
    ];
    const assumed = relay.times("sts:AssumeRole");
    const asked = operations.map((operation) => relay.times(operation));
    await during(
      operations.map((operation) => [
        (one) => one.operation === operation && one.account !== STAGING,
        once((one) =>
          Promise.resolve(
            refusal(
              one,
              403,
              one.service === "iam" ? "ExpiredToken" : "ExpiredTokenException",
              "The security token is expired",
            ),
          ),
        ),
      ]),
      (told) => {
        expect(Object.values(codes(told)).flat()).toEqual([]);
        operations.forEach((operation, at) =>
          expect(relay.times(operation) - (asked[at] ?? 0), operation).toBeGreaterThanOrEqual(2),
        );
        // The organisation is read in a session.
        expect(relay.times("sts:AssumeRole")).toBeGreaterThan(assumed);
        return Promise.resolve();
      },
    );
  });

  it.each([
    ["ahead", 600],
    ["behind", -600],
    ["right again", 0],
  ])("reads an AWS whose clock is %s", async (_, seconds) => {
    const before = ages((await ask.status("prod-eu")).data);
    await during([[(asked) => !isSilent(asked), ahead(seconds)]], (told) => {
      expect(Object.values(codes(told)).flat()).toEqual([]);
      for (const [part, at] of Object.entries(ages(told))) expect(at, part).not.toBe(before[part]);
      return Promise.resolve();
    });
  });

  it("an access entry that goes between two calls is none", async () => {
    const entry = `arn:aws:iam::${HOME}:role/break-glass`;
    const principals = async () => (await ask.access("prod-eu")).data.principals.map(({ arn }) => arn);
    expect(await principals()).toContain(entry);
    const gone = (asked: Asked) =>
      asked.operation === "eks:DescribeAccessEntry" && decodeURIComponent(asked.path).endsWith(entry);
    const missing: Fault = (asked) =>
      Promise.resolve(refusal(asked, 404, "ResourceNotFoundException", "No such access entry."));
    await during([[gone, missing]], async (told) => {
      expect(Object.values(codes(told)).flat()).toEqual([]);
      expect(await principals()).not.toContain(entry);
    });
  });

  it("says whose clock is wrong when AWS's stands still", async () => {
    const stopped: Fault = (asked) =>
      Promise.resolve({
        ...refusal(
          asked,
          403,
          "RequestTimeTooSkewed",
          "The difference between the request time and the current time is too large.",
        ),
      });
    await during([["eks:ListAccessEntries", stopped]], (told) => {
      expect(codes(told)["accessEntries"]).toEqual(["AWS_CLOCK_SKEW"]);
      return Promise.resolve();
    });
  });

  it("names the action, the ARN and the principal that are missing, and is content once they are granted", async () => {
    const refused = [
      ["eks:ListAccessEntries", PROD, "accessEntries"],
      ["eks:DescribeCluster", PROD, "eks"],
      ["ec2:DescribeInstances", "*", "instances"],
      ["iam:ListOpenIDConnectProviders", "*", "oidcProviders"],
    ] as const;
    const states = async () => {
      const { capabilities } = (await ask.status("prod-eu")).data;
      return refused.map(([action]) => [
        action,
        [...new Set(capabilities.filter((each) => each.action === action).map(({ state }) => state))],
      ]);
    };
    await during(
      refused.map(([operation, resource]) => [
        (asked) => asked.operation === operation && asked.account !== STAGING,
        denied(SESSION(HOME, "periscope-server"), resource),
      ]),
      async (told) => {
        for (const [action, resource, part] of refused) {
          const gaps = told.parts.find((each) => each.part === part)?.gaps ?? [];
          expect(gaps, part).toMatchObject([
            { code: "MISSING_IAM_PERMISSION", needsAws: [{ action, resource, principal: SERVER }] },
          ]);
        }
        expect(await states()).toEqual(refused.map(([action]) => [action, ["denied"]]));
        expect((await ask.access("prod-eu")).gaps.flatMap(({ needsAws = [] }) => needsAws)).toContainEqual({
          action: "eks:ListAccessEntries",
          resource: PROD,
          principal: SERVER,
        });
      },
    );
    expect(Object.values(codes((await ask.refresh("prod-eu")).data)).flat()).toEqual([]);
    expect(await states()).toEqual(refused.map(([action]) => [action, ["allowed"]]));
  });

  describe("with policies that nobody can read", () => {
    const statement = (more: object) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Sid: "Grant", Effect: "Allow", Action: "s3:*", Resource: "*" },
          { Sid: "Forbid", Effect: "Deny", Action: "s3:GetObject", Resource: "*", ...more },
        ],
      });
    const anyone = (names: string[]) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { AWS: names }, Action: ["sts:AssumeRole", "sts:TagSession"] },
        ],
      });
    const LAKE = (name: string) => `arn:aws:iam::${DATA}:role/lake/${name}`;
    const CHAIN = `arn:aws:iam::${HOME}:role/prod-eu-role-chain`;
    const ends: (() => void)[] = [];

    beforeAll(async () => {
      const edits = [
        withInline("prod-eu-pass-role-any", "deploy", `{"Version": "2012-10-17", "Statement": [{"Effect": `),
        withInline(
          "prod-eu-service-wildcard",
          "storage",
          statement({ Condition: { StringResembles: { "aws:x": "y" } } }),
        ),
        withInline("prod-eu-not-action", "almost-everything", statement({ Frobnicate: true })),
        withInline("prod-eu-scp-denied", "cleanup", statement({ Effect: "Perhaps" })),
        withInline(
          "prod-eu-well-made",
          "queue",
          `{"Version":"2012-10-17","Statement":[],"Id":"${"x".repeat(10 << 20)}"}`,
        ),
        withTrust("lake/lake-reader", anyone([CHAIN, LAKE("lake-admin")])),
        withTrust("lake/lake-admin", anyone([LAKE("lake-reader"), LAKE("lake-admin")])),
      ];
      ends.push(
        relay.misbehave(
          (asked) => asked.operation === "iam:GetAccountAuthorizationDetails" && asked.account !== STAGING,
          edited((text) => edits.reduce((all, edit) => edit(all), text)),
        ),
      );
      await ask.refresh("prod-eu");
    });

    afterAll(async () => {
      for (const end of ends) end();
      await ask.refresh("prod-eu");
    });

    it("a document that breaks off allows nothing, and is named", async () => {
      const { data } = await ask.workload("prod-eu", "pass-role-any");
      expect(
        data.services.flatMap(({ actions }) =>
          actions.filter(({ verdict }) => verdict.decision === "allowed"),
        ),
      ).toEqual([]);
      expect(data.unseen.join("\n")).toMatch(/deploy.*could not be judged/);
      const { data: why } = await ask.why("prod-eu", "pass-role-any", "iam:PassRole");
      expect(["unknown", "denied"]).toContain(why.verdict.decision);
    });

    it.each([
      ["an operator", "service-wildcard"],
      ["an element", "not-action"],
    ])("a Deny with %s that nobody knows may apply", async (_, name) => {
      const { data: why } = await ask.why("prod-eu", name, "s3:GetObject", "arn:aws:s3:::b/k");
      expect(why.verdict.decision).toBe("unknown");
      expect(JSON.stringify(why)).toContain("could not be judged");
      const { data } = await ask.workload("prod-eu", name);
      const s3 = data.services.find(({ service }) => service === "s3")?.actions ?? [];
      const object = s3.filter(({ action }) => /^s3:(\*|Get\*|GetObject)$/.test(action));
      expect(object).not.toEqual([]);
      for (const { action, verdict } of object)
        expect([action, verdict.decision]).not.toEqual([action, "allowed"]);
      const who = await ask.whoCan("s3:GetObject", "prod-eu");
      const rows = who.data.rows.filter(({ workload }) => workload.name === name);
      expect(rows).not.toEqual([]);
      for (const { verdict } of rows) expect(verdict.decision).toBe("unknown");
    });

    it("a statement that neither allows nor denies is not taken for one that allows", async () => {
      const { data: why } = await ask.why("prod-eu", "scp-denied", "s3:GetObject", "arn:aws:s3:::b/k");
      expect(why.verdict.decision).toBe("unknown");
    });

    it("a document of 10 MB is left out, by name and size", async () => {
      const { data, gaps } = await ask.workload("prod-eu", "well-made");
      const told = [...gaps.map(({ code, what }) => `${code} ${what}`), ...data.unseen].join("\n");
      expect(told).toMatch(/inline policy queue of .*prod-eu-well-made has 10\d+ bytes/);
      expect(
        data.services.flatMap(({ actions }) => actions.map(({ verdict }) => verdict.decision)),
      ).not.toContain("allowed");
      const { data: why } = await ask.why("prod-eu", "well-made", "sqs:SendMessage");
      expect(why.verdict.decision).not.toBe("allowed");
    });

    it("a chain of roles that comes back to itself ends", async () => {
      const { data } = await ask.workload("prod-eu", "role-chain");
      const paths = data.chains.map(({ roleArn, via }) => [...via, roleArn]);
      expect(paths.length).toBeLessThan(10);
      for (const path of paths) expect(new Set(path).size, path.join(" → ")).toBe(path.length);
      expect(data.chains.map(({ roleArn }) => roleArn)).toEqual(
        expect.arrayContaining([LAKE("lake-reader"), LAKE("lake-admin")]),
      );
      await ask.whoCan("s3:DeleteObject", "prod-eu");
    });

    it("everything is answered", () => ask.answersAll("prod-eu"));
  });

  describeBrowser("in the console", () => {
    const ends: (() => void)[] = [];

    beforeAll(async () => {
      desk = await Desk.start(periscope);
      const of = (operation: string) => (asked: Asked) =>
        asked.operation === operation && asked.account !== STAGING;
      const garbage = withInline(
        "prod-eu-service-wildcard",
        "storage",
        `{"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Perhaps": {}}}}`,
      );
      ends.push(
        relay.misbehave(of("iam:GetAccountAuthorizationDetails"), edited(garbage)),
        relay.misbehave(of("eks:ListAccessEntries"), FAULTS.throttled),
        relay.misbehave(of("organizations:ListParents"), FAULTS.truncated),
        relay.misbehave(of("iam:ListOpenIDConnectProviders"), FAULTS.page),
      );
      await ask.refresh("prod-eu");
    });

    afterAll(() => ends.forEach((end) => end()));

    it.each(["prod-eu", "staging", "dark"])("no page of %s is blank", async (id) => {
      if (!desk) throw new Error("there is no browser");
      const look = await desk.look("alice");
      const workload = (name: string) => `/c/${id}/deployments.apps/${EXAMPLES}/${name}?tab=aws`;
      const pages = [
        ...["", "?tab=service-accounts", "?tab=roles", "?tab=findings"].map(
          (tab) => `/c/${id}/aws/access${tab}`,
        ),
        workload("service-wildcard"),
        workload("role-chain"),
        `/aws/who-can?action=s3:GetObject&cluster=${id}`,
      ];
      for (const path of pages) {
        await look.goto(path);
        await look.ready((page) => page.locator("main h2, main h3").first().waitFor());
        await look.ready((page) =>
          page.waitForFunction(() => {
            const main = document.querySelector("main");
            return (
              main !== null && main.innerText.length > 150 && main.querySelector("[aria-busy=true]") === null
            );
          }),
        );
        expect.soft(look.wrong, path).toEqual([]);
      }
    });
  });

  describe("of which the whole may not be read", () => {
    it("reads the roles that workloads have, one by one, and says why only those", async () => {
      await eventually("staging's roles are read one by one", async (saw) => {
        const { data } = saw(await ask.workload("staging", "service-wildcard"));
        const s3 = data.services.find(({ service }) => service === "s3")?.actions ?? [];
        expect(s3.find(({ action }) => /^s3:(\*|Get\*|GetObject)$/.test(action))?.verdict.decision).toBe(
          "allowed",
        );
      });
      const { gaps } = await ask.part("staging", "iam");
      expect(gaps).toContainEqual(
        expect.objectContaining({
          code: "MISSING_IAM_PERMISSION",
          needsAws: [
            { action: "iam:GetAccountAuthorizationDetails", resource: "*", principal: READER(STAGING) },
          ],
        }),
      );
    });

    it("a role that goes between two calls is a role that is not there", async () => {
      await eventually("the role is missed", async (saw) => {
        const { data } = saw(await ask.accounts("staging"));
        const account = data.accounts.find(
          ({ namespace, name }) => namespace === EXAMPLES && name === "conditions",
        );
        expect(account).toMatchObject({ roleState: "missing" });
        const other = data.accounts.find(
          ({ namespace, name }) => namespace === EXAMPLES && name === "scp-denied",
        );
        expect(other).toMatchObject({ roleState: "found" });
      });
      await ask.answersAll("staging");
    });
  });

  it("of which nothing can be read, it says which role may not be taken", async () => {
    const { data } = await ask.refresh("dark");
    for (const { part, at, gaps } of data.parts.filter(({ part }) => part !== "organization")) {
      expect(at, part).toBeUndefined();
      const needed = gaps.flatMap(({ needsAws = [] }) => needsAws);
      expect(needed, part).toContainEqual(
        expect.objectContaining({ action: "sts:AssumeRole", principal: SERVER }),
      );
    }
    await eventually("who sees the whole cluster sees which role", async () => {
      const needed = (await ask.access("dark")).gaps.flatMap(({ needsAws = [] }) => needsAws);
      expect(needed).toContainEqual({ action: "sts:AssumeRole", resource: READER(DARK), principal: SERVER });
    });
    await ask.answersAll("dark");
  });

  it("when EKS is silent, what it last said stays, and why it is old is told", async () => {
    await eventually(
      "the deadline of the silent call",
      async (saw) => {
        const now = saw(await ask.part("staging", "podIdentity"));
        expect(now.gaps).toMatchObject([
          { code: "AWS_UNREACHABLE", what: expect.stringContaining("within 20 s") as string },
        ]);
        expect(now.at).toBe(heard.at);
      },
      { timeoutMs: 75_000 },
    );
    const { data } = await ask.accounts("staging");
    expect(data.accounts.find(({ name }) => name === "service-wildcard")).toMatchObject({
      source: "podIdentity",
    });
  }, 80_000);
});
