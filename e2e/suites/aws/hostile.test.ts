import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "../../lib/api";
import {
  ahead,
  AwsRelay,
  denied,
  edited,
  FAULTS,
  once,
  refusal,
  withInline,
  withTrust,
  type Asked,
  type Fault,
} from "../../lib/aws-relay";
import { Desk, describeBrowser } from "../../lib/browser";
import { Kube } from "../../lib/kube";
import { readTargets, type Target } from "../../lib/kubeconfig";
import { Periscope } from "../../lib/periscope";
import { eventually } from "../../lib/wait";
import { World, PERSONAS } from "../../lib/world";

/*
 * The demo world's clusters, and its AWS behind a relay that misbehaves as it is told. Whatever AWS does: what was read
 * stays with its age, each failure is a gap with a name, no answer is a server error, and no page is blank.
 */

interface Gap {
  code: string;
  what: string;
  needsAws?: { action: string; resource: string; principal?: string }[];
}

interface Answer<T> {
  data: T;
  gaps: Gap[];
}

interface Part {
  part: string;
  state: string;
  at?: string;
  gaps: Gap[];
}

interface Status {
  parts: Part[];
  capabilities: { action: string; state: string }[];
}

interface Verdict {
  decision: string;
  condition?: string;
  blockedBy: string[];
}

interface Access {
  identities: { source: string; roleArn?: string; state: string }[];
  services: { service: string; actions: { action: string; verdict: Verdict }[] }[];
  chains: { roleArn: string; via: string[]; verdict: Verdict }[];
  chain: { step: string; arn?: string; url?: string }[];
  unseen: string[];
  links: { console?: string; cli: string[] };
  summary: { certainty: string; sentence: string };
}

interface Roles {
  roles: {
    arn: string;
    name: string;
    state: string;
    consoleUrl?: string;
    policies: { name: string; arn?: string }[];
  }[];
}

interface ServiceAccounts {
  accounts: {
    namespace: string;
    name: string;
    source: string;
    roleArn?: string;
    roleState?: string;
    trust?: { admits: string };
  }[];
}

interface WhoCan {
  rows: {
    workload: { cluster: string; namespace: string; name: string };
    roleArn: string;
    verdict: Verdict;
  }[];
  total: { count: number; certainty: string };
  perCluster: { cluster: string; gaps: Gap[] }[];
}

const HOME = "111122223333";
const STAGING = "444455556666";
const DATA = "999988887777";
/** An account that nothing is heard of. */
const DARK = "555566667777";
const SERVER = `arn:aws:iam::${HOME}:role/periscope-server`;
const READER = (account: string) => `arn:aws:iam::${account}:role/periscope-reader`;
const SESSION = (account: string, role: string) => `arn:aws:sts::${account}:assumed-role/${role}/e2e`;
const PROD = `arn:aws:eks:eu-west-1:${HOME}:cluster/prod-eu`;
const EXAMPLES = "aws-examples";
const ALICE = [{ id: "alice", ...PERSONAS.alice, groups: [...PERSONAS.alice.groups] }];

let world: World;
let behind: string;
let env: Record<string, string>;
const targets = new Map<string, Target>();

beforeAll(async () => {
  world = await World.start({ pods: 150 });
  const exports = await readFile(world.awsEnv, "utf8");
  const found = (pattern: RegExp) => pattern.exec(exports)?.slice(1) ?? [];
  [behind = ""] = found(/AWS_ENDPOINT_URL=(\S+)/);
  const [id = "", secret = ""] = found(
    /production\) export AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)/,
  );
  env = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret };
  for (const target of await readTargets(world.server)) targets.set(target.name, target);
});

afterAll(() => world.stop());

const target = (name: string): Target => {
  const found = targets.get(name);
  if (!found) throw new Error(`the world has no cluster ${name}`);
  return found;
};

const cluster = (id: string, at: string, arn: string, assumeRole?: string) => ({
  id,
  target: target(at),
  eks: { arn, ...(assumeRole === undefined ? {} : { assumeRole }) },
});

/** What people ask of one cluster, as paths: none may end in a server error. */
const questions = (id: string): string[] => [
  ...["access", "service-accounts", "roles", "findings", "status"].map(
    (what) => `/api/clusters/${id}/aws/${what}`,
  ),
  ...["pass-role-any", "service-wildcard", "role-chain"].flatMap((name) => {
    const workload = `/api/clusters/${id}/aws/workloads/deployments.apps/${EXAMPLES}/${name}`;
    return [workload, `${workload}/policy`, `${workload}/services/s3`, `${workload}/pods`];
  }),
  `/api/clusters/${id}/aws/why?kind=deployments.apps&namespace=${EXAMPLES}&name=pass-role-any&action=iam:PassRole`,
  `/api/identity/who-can?action=s3:GetObject&cluster=${id}`,
  "/api/identity/findings",
];

class Asker {
  constructor(readonly api: Api) {}

  private in<T>(id: string, ...parts: string[]): Promise<Answer<T>> {
    return this.api.json<Answer<T>>(["clusters", id, "aws", ...parts]);
  }

  status = (id: string) => this.in<Status>(id, "status");
  access = (id: string) => this.in<{ principals: { arn: string; state: string }[] }>(id, "access");
  roles = (id: string) => this.in<Roles>(id, "roles");
  accounts = (id: string) => this.in<ServiceAccounts>(id, "service-accounts");
  workload = (id: string, name: string) =>
    this.in<Access>(id, "workloads", "deployments.apps", EXAMPLES, name);

  why(id: string, name: string, action: string, resource = "*") {
    return this.api.json<Answer<{ verdict: Verdict; reasons: { words: string; policy: string }[] }>>(
      ["clusters", id, "aws", "why"],
      { kind: "deployments.apps", namespace: EXAMPLES, name, action, resource },
    );
  }

  whoCan(action: string, id: string) {
    return this.api.json<Answer<WhoCan>>(["identity", "who-can"], {
      action,
      cluster: id,
      namespace: EXAMPLES,
      limit: 200,
    });
  }

  async part(id: string, part: string): Promise<Part> {
    const { data } = await this.status(id);
    const found = data.parts.find((each) => each.part === part);
    if (!found) throw new Error(`${id} has no part ${part}`);
    return found;
  }

  /** Has AWS asked again, as the button of the pages does. */
  async refresh(id: string): Promise<Answer<Status>> {
    const reply = await this.api.send("POST", `/api/clusters/${id}/aws/refresh`, {});
    expect(reply.status, reply.text).toBe(200);
    return JSON.parse(reply.text) as Answer<Status>;
  }

  /** Everything is answered, if only with what is missing. */
  async answersAll(id: string): Promise<void> {
    const asked = questions(id).map(async (where) => {
      const reply = await this.api.send("GET", where);
      // Of a role that nobody could read there is no policy to have.
      const told = where.endsWith("/policy") ? [200, 404] : [200];
      expect.soft(told, `${where}: ${reply.text.slice(0, 300)}`).toContain(reply.status);
    });
    await Promise.all(asked);
  }
}

describe("an AWS that misbehaves", () => {
  let relay: AwsRelay;
  let periscope: Periscope;
  let ask: Asker;
  let desk: Desk | undefined;
  /** The associations of staging as they were before EKS went silent about them. */
  let heard: Part;

  const isSilent = (asked: Asked) =>
    asked.operation === "eks:ListPodIdentityAssociations" && asked.account === STAGING;
  const ofAccount = (account: string, operation: string) => (asked: Asked) =>
    asked.account === account && (operation === "*" || asked.operation === operation);

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

  const codes = ({ parts }: Status) =>
    Object.fromEntries(parts.map(({ part, gaps }) => [part, [...new Set(gaps.map(({ code }) => code))]]));
  const ages = ({ parts }: Status) => Object.fromEntries(parts.map(({ part, at }) => [part, at]));

  beforeAll(async () => {
    relay = await AwsRelay.start(behind);
    // The whole of staging's IAM is refused from the beginning, and one of its roles goes while it is read.
    relay.misbehave(
      ofAccount(STAGING, "iam:GetAccountAuthorizationDetails"),
      denied(SESSION(STAGING, "periscope-reader"), "*"),
    );
    relay.misbehave(
      (asked) =>
        asked.operation === "iam:ListRolePolicies" && asked.inputs.get("RoleName") === "staging-conditions",
      (asked) =>
        Promise.resolve(
          refusal(asked, 404, "NoSuchEntity", "The role with name staging-conditions cannot be found."),
        ),
    );
    relay.misbehave(
      (asked) => asked.operation === "sts:AssumeRole" && asked.inputs.get("RoleArn") === READER(DARK),
      denied(SESSION(HOME, "periscope-server"), READER(DARK)),
    );
    periscope = await Periscope.serve(
      [
        cluster("prod-eu", "prod-eu", PROD),
        cluster("staging", "staging", `arn:aws:eks:eu-central-1:${STAGING}:cluster/staging`, READER(STAGING)),
        cluster("dark", "staging", `arn:aws:eks:eu-west-1:${DARK}:cluster/dark`, READER(DARK)),
      ],
      ALICE,
      undefined,
      {
        settings: {
          aws: {
            endpoint: relay.url,
            accounts: [{ id: DATA, assumeRole: READER(DATA) }],
            organization: { account: "123456789012", assumeRole: READER("123456789012") },
          },
        },
        env,
      },
    );
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

describe("partitions", () => {
  const CN = "333333333333";
  const GOV = "222222222222";
  let relay: AwsRelay;
  let periscope: Periscope;
  let ask: Asker;

  beforeAll(async () => {
    relay = await AwsRelay.start(behind, [
      { partition: "aws-cn", account: CN, region: "cn-north-1", of: { account: HOME, region: "eu-west-1" } },
      {
        partition: "aws-us-gov",
        account: GOV,
        region: "us-gov-west-1",
        of: { account: STAGING, region: "eu-central-1" },
      },
    ]);
    const admin = (await readTargets(world.admin)).find(({ name }) => name === "prod-eu");
    if (!admin) throw new Error("the world has no cluster prod-eu");
    const kube = new Kube(admin);
    await kube.merge(`/api/v1/namespaces/${EXAMPLES}/serviceaccounts/well-made`, {
      metadata: {
        annotations: { "eks.amazonaws.com/role-arn": `arn:aws-cn:iam::${CN}:role/prod-eu-well-made` },
      },
    });
    kube.close();
    periscope = await Periscope.serve(
      [
        cluster("beijing", "prod-eu", `arn:aws-cn:eks:cn-north-1:${CN}:cluster/prod-eu`),
        cluster("gov", "staging", `arn:aws-us-gov:eks:us-gov-west-1:${GOV}:cluster/staging`),
      ],
      ALICE,
      undefined,
      { settings: { aws: { endpoint: relay.url } } },
    );
    ask = new Asker(await periscope.as("alice"));
    for (const id of ["beijing", "gov"])
      await eventually(`${id} is read`, async (saw) => {
        for (const name of ["eks", "accessEntries", "podIdentity", "iam"])
          expect(saw(await ask.part(id, name))).toMatchObject({ state: "live", gaps: [] });
      });
  });

  afterAll(async () => {
    await periscope.stop();
    await relay.stop();
  });

  it.each([
    ["beijing", "aws-cn", CN, "prod-eu", "https://console.amazonaws.cn/"],
    ["gov", "aws-us-gov", GOV, "staging", "https://console.amazonaws-us-gov.com/"],
  ])("%s has ARNs and links of %s", async (id, partition, account, name, console) => {
    const role = `arn:${partition}:iam::${account}:role/${name}-service-wildcard`;
    const { data } = await ask.workload(id, "service-wildcard");
    expect(data.identities).toMatchObject([{ source: "podIdentity", roleArn: role, state: "inForce" }]);
    expect(data.services.map(({ service }) => service)).toEqual(["s3"]);
    expect(data.links.console).toMatch(new RegExp(`^${console}`));
    for (const { arn, url } of data.chain) {
      if (arn) expect(arn).toMatch(new RegExp(`^arn:${partition}:`));
      if (url) expect(url).toMatch(new RegExp(`^${console}`));
    }
    const { data: listed } = await ask.roles(id);
    const own = listed.roles.filter(({ state, arn }) => state === "found" && arn.includes(account));
    expect(own.length).toBeGreaterThan(5);
    for (const { arn, consoleUrl, policies } of own) {
      expect(arn).toMatch(new RegExp(`^arn:${partition}:iam::${account}:role/`));
      expect(consoleUrl).toMatch(new RegExp(`^${console}`));
      for (const policy of policies)
        if (policy.arn) expect(policy.arn).toMatch(new RegExp(`^arn:${partition}:`));
    }
    const { data: access } = await ask.access(id);
    expect(access.principals.map(({ arn }) => arn)).toContain(
      `arn:${partition}:iam::${account}:role/periscope-${id === "gov" ? "reader" : "server"}`,
    );
    const { data: why } = await ask.why(
      id,
      "service-wildcard",
      "s3:GetObject",
      `arn:${partition}:s3:::bucket/key`,
    );
    // Who looks after the organisation of this account is not configured.
    expect(why.verdict).toMatchObject({
      decision: "conditional",
      condition: expect.stringContaining(
        `organisation's policies for account ${account} are not read`,
      ) as string,
    });
    await ask.answersAll(id);
  });

  it("a token's role is of the cluster's partition, and trusts its issuer", async () => {
    await eventually("the annotation is seen", async (saw) => {
      const { data } = saw(await ask.accounts("beijing"));
      const found = data.accounts.find(
        ({ namespace, name }) => namespace === EXAMPLES && name === "well-made",
      );
      expect(found).toMatchObject({
        source: "irsa",
        roleArn: `arn:aws-cn:iam::${CN}:role/prod-eu-well-made`,
        roleState: "found",
        trust: { admits: "yes" },
      });
    });
  });
});
