import { readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "../../lib/api";
import { awsPythonEnv, Moto } from "../../lib/aws-python";
import { FEW, useControlPlane } from "../../lib/control-plane";
import { Daemon } from "../../lib/daemon";
import { Folder } from "../../lib/folder";
import type { Kube } from "../../lib/kube";
import { Periscope } from "../../lib/periscope";
import { freePorts } from "../../lib/ports";
import { run } from "../../lib/run";
import { awsPythonFolder, controlPlaneFolder, periscopeBinary } from "../../lib/tools";
import { eventually } from "../../lib/wait";

/*
 * A real API server, moto for IAM, STS and Organizations, and the demo world's EKS, which moto has too little of.
 * Two accounts of one organisation: the cluster's, and one whose role a workload takes.
 */

interface Gap {
  code: string;
  needs: { verb: string; resource: string }[];
}

interface Verdict {
  decision: string;
  condition?: string;
  blockedBy: string[];
}

interface Answer<T> {
  data: T;
  scope: { clusterWide: boolean; namespaces: string[] };
  gaps: Gap[];
}

interface Access {
  identities: { source: string; roleArn?: string; state: string; pods: number }[];
  afterRestart?: { source: string; roleArn?: string } | null;
  services: { service: string; actions: { action: string; verdict: Verdict }[] }[];
  chains: { roleArn: string; verdict: Verdict }[];
}

interface WhoCan {
  rows: { workload: { namespace: string; name: string }; roleArn: string; path: { arn: string }[]; verdict: Verdict }[];
  total: { count: number; certainty: string };
}

interface Status {
  parts: { part: string; state: string; at?: string }[];
  capabilities: { action: string; state: string }[];
}

interface Accounts {
  management: string;
  shop: string;
  data: string;
}

/** Whose cluster the demo world's `prod-eu` is. */
const WORLD_ACCOUNT = "111122223333";
const EVERYTHING = "e2e-everything";

describe.skipIf(awsPythonFolder === null || controlPlaneFolder === null)("a real API server, with moto as its AWS", () => {
  const cluster = useControlPlane({ controllers: [...FEW, "deployment-controller", "replicaset-controller"] });
  const stopped: { stop(): Promise<void> }[] = [];
  let kube: Kube;
  let moto: Moto;
  let accounts: Accounts;
  let periscope: Periscope;
  let admin: Api;
  let carol: Api;
  let nobody: Api;

  const aws = (...parts: string[]) => ["clusters", "real", "aws", ...parts];

  beforeAll(async () => {
    kube = await cluster().kube();
    await cluster().installConsole([EVERYTHING]);
    await fill();
    const world = await worldEks();
    moto = await Moto.start();
    stopped.push(moto);
    const made = await run(
      "python3",
      [fileURLToPath(new URL("moto_setup.py", import.meta.url)), moto.url, await issuer(world)],
      { env: awsPythonEnv, timeoutMs: 60_000 },
    );
    expect(made.stderr).toBe("");
    accounts = JSON.parse(made.stdout) as Accounts;
    await annotate();
    const eks = await inAccount(world, accounts.shop);
    const reader = (account: string) => `arn:aws:iam::${account}:role/periscope-reader`;
    periscope = await Periscope.serve(
      [
        {
          id: "real",
          target: cluster().console(),
          eks: {
            arn: `arn:aws:eks:eu-west-1:${accounts.shop}:cluster/prod-eu`,
            assumeRole: reader(accounts.shop),
          },
        },
      ],
      [
        { id: "admin", user: "admin@corp", groups: [EVERYTHING] },
        { id: "carol", user: "carol@corp" },
        { id: "nobody", user: "nobody@corp" },
      ],
      undefined,
      {
        settings: {
          aws: {
            endpoint: moto.url,
            endpoints: { eks },
            accounts: [{ id: accounts.data, assumeRole: reader(accounts.data) }],
            organization: { account: accounts.management },
          },
        },
        env: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
      },
    );
    stopped.push(periscope);
    admin = await periscope.as("admin");
    carol = await periscope.as("carol");
    nobody = await periscope.as("nobody");
    await eventually(
      "everything that moto and the world have is read",
      async () => {
        const { data } = await admin.json<Answer<Status>>(aws("status"));
        const states = Object.fromEntries(data.parts.map(({ part, state }) => [part, state]));
        expect(states).toMatchObject({
          eks: "live",
          accessEntries: "live",
          podIdentity: "live",
          iam: "live",
          oidcProviders: "live",
          organization: "live",
        });
      },
      { timeoutMs: 60_000 },
    );
  }, 180_000);

  afterAll(async () => {
    for (const each of stopped.reverse()) await each.stop();
    kube.close();
  });

  /** The demo world's EKS; nothing else of that world is used. */
  async function worldEks(): Promise<string> {
    const folder = await Folder.make("world-aws");
    const file = folder.at("aws.env");
    const world = new Daemon({
      command: periscopeBinary,
      args: ["demo", "--world-only", "--quiet-world", "--pods", "50", "--write-aws-env", file],
      log: folder.at("world.log"),
    });
    stopped.push({
      stop: async () => {
        await world.stop();
        await folder.remove();
      },
    });
    await world.line(/^edge https:/m);
    const exports = await readFile(file, "utf8");
    const endpoint = /AWS_ENDPOINT_URL=['"]?(http:[^'"\s]+)/.exec(exports)?.[1];
    expect(endpoint, exports).toBeDefined();
    return endpoint ?? "";
  }

  /** The world's EKS as if it were another account's: moto chooses the numbers of the accounts it makes. */
  async function inAccount(endpoint: string, account: string): Promise<string> {
    const [port = 0] = await freePorts(1);
    const relay = createServer((asked, answer) => {
      const url = new URL((asked.url ?? "/").replaceAll(account, WORLD_ACCOUNT), endpoint);
      const headers = { ...asked.headers, host: url.host };
      const passed = request(url, { method: asked.method, headers }, (told) => {
        told.setEncoding("utf8");
        let text = "";
        told.on("data", (part: string) => (text += part));
        told.once("end", () => {
          const body = Buffer.from(text.replaceAll(WORLD_ACCOUNT, account));
          answer.writeHead(told.statusCode ?? 502, { ...told.headers, "content-length": String(body.length) });
          answer.end(body);
        });
      });
      passed.once("error", () => answer.destroy());
      asked.pipe(passed);
    });
    await new Promise<void>((resolve) => relay.listen(port, "127.0.0.1", resolve));
    stopped.push({
      stop: () =>
        new Promise((resolve) => {
          relay.close(() => resolve());
          relay.closeAllConnections();
        }),
    });
    return `http://127.0.0.1:${port}`;
  }

  /** Who signs the tokens of the cluster's service accounts, without `https://`. */
  async function issuer(endpoint: string): Promise<string> {
    const asked = await run(
      "python3",
      [
        "-c",
        "import boto3, sys; c = boto3.client('eks', endpoint_url=sys.argv[1], region_name='eu-west-1', aws_access_key_id='x', " +
          "aws_secret_access_key='x'); print(c.describe_cluster(name='prod-eu')['cluster']['identity']['oidc']['issuer'])",
        endpoint,
      ],
      { env: awsPythonEnv },
    );
    expect(asked.stderr).toBe("");
    return asked.stdout.trim().replace("https://", "");
  }

  async function fill(): Promise<void> {
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    const group = { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: EVERYTHING };
    const user = { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "carol@corp" };
    const clusterAdmin = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };
    await kube.create(`${rbac}/clusterrolebindings`, {
      metadata: { name: EVERYTHING },
      roleRef: clusterAdmin,
      subjects: [group],
    });
    for (const [namespace, name] of [
      ["payments", "api"],
      ["search", "indexer"],
    ] as const) {
      await kube.create("/api/v1/namespaces", { metadata: { name: namespace } });
      await kube.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
    }
    await kube.create(`${rbac}/namespaces/payments/roles`, {
      metadata: { name: "reader" },
      rules: [{ apiGroups: ["", "apps"], resources: ["*"], verbs: ["get", "list", "watch"] }],
    });
    await kube.create(`${rbac}/namespaces/payments/rolebindings`, {
      metadata: { name: "carol" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
      subjects: [user],
    });
  }

  /** Names the roles, and makes pods as EKS's webhook leaves them; there is no kubelet, so their state is written here. */
  async function annotate(): Promise<void> {
    const roles = {
      payments: ["api", `arn:aws:iam::${accounts.shop}:role/apps/payments-api`],
      search: ["indexer", `arn:aws:iam::${accounts.shop}:role/search-indexer`],
    } as const;
    for (const [namespace, [name, role]] of Object.entries(roles)) {
      await kube.merge(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}`, {
        metadata: { annotations: { "eks.amazonaws.com/role-arn": role } },
      });
      await kube.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, workload(name, role));
      await eventually(`${namespace} has a pod`, async () => {
        const pods = await kube.list(`/api/v1/namespaces/${namespace}/pods`);
        expect(pods).not.toHaveLength(0);
        for (const { metadata } of pods)
          await kube.merge(`/api/v1/namespaces/${namespace}/pods/${metadata.name}/status`, {
            status: { phase: "Running", startTime: new Date().toISOString() },
          });
      });
    }
  }

  function workload(name: string, role: string) {
    const env = [
      { name: "AWS_ROLE_ARN", value: role },
      {
        name: "AWS_WEB_IDENTITY_TOKEN_FILE",
        value: "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
      },
    ];
    return {
      metadata: { name },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { serviceAccountName: name, containers: [{ name: "main", image: "app:1", env }] },
        },
      },
    };
  }

  const access = (api: Api) =>
    api.json<Answer<Access>>(aws("workloads", "deployments.apps", "payments", "api"));

  const verdict = ({ data }: Answer<Access>, service: string, action: string) =>
    data.services
      .find((each) => each.service === service)
      ?.actions.find((each) => each.action === action || each.action === `${service}:*`)?.verdict;

  it("what its pods are, and what they may do", async () => {
    const answer = await access(admin);
    expect(answer.data.identities).toMatchObject([
      { source: "irsa", roleArn: `arn:aws:iam::${accounts.shop}:role/apps/payments-api`, state: "inForce" },
    ]);
    // By the default version of the policy, which says nothing of sqs:SendMessage.
    expect(verdict(answer, "sqs", "sqs:SendMessage")).toBeUndefined();
    for (const [service, action] of [
      ["dynamodb", "dynamodb:GetItem"],
      ["sqs", "sqs:ListQueues"],
    ] as const)
      expect(verdict(answer, service, action)).toMatchObject({ decision: "denied", blockedBy: ["boundary"] });
    expect(verdict(answer, "secretsmanager", "secretsmanager:GetSecretValue")).toMatchObject({
      decision: "conditional",
      condition: expect.stringContaining("10.0.0.0/8") as string,
    });
    expect(answer.data.chains).toMatchObject([{ roleArn: `arn:aws:iam::${accounts.data}:role/lake-reader` }]);
  });

  it("who can read objects: directly, and through the role of another account", async () => {
    const payments = `arn:aws:iam::${accounts.shop}:role/apps/payments-api`;
    await eventually("the other account is read, too", async () => {
      const { data } = await admin.json<Answer<WhoCan>>(["identity", "who-can"], { action: "s3:GetObject" });
      const rows = data.rows.map(({ workload: at, path }) => [at.namespace, ...path.map(({ arn }) => arn)]);
      expect(rows).toEqual(
        expect.arrayContaining([
          ["payments", payments],
          ["payments", payments, `arn:aws:iam::${accounts.data}:role/lake-reader`],
          ["search", `arn:aws:iam::${accounts.shop}:role/search-indexer`],
        ]),
      );
    });
  });

  it.each([
    ["s3:GetObject", "arn:aws:s3:::invoices/1.pdf", "allowed", [], "apps/payments-api"],
    ["s3:DeleteBucket", "arn:aws:s3:::invoices", "denied", ["serviceControl"], "apps/payments-api"],
    ["dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:1:table/t", "denied", ["boundary"], "apps/payments-api"],
    ["s3:PutBucketPolicy", "arn:aws:s3:::elsewhere", "denied", ["identity"], "apps/payments-api"],
    // As the role of the other account, which it may become.
    ["s3:GetObject", "arn:aws:s3:::elsewhere/x", "allowed", [], "lake-reader"],
  ] as const)("why %s on %s is %s", async (action, resource, decision, blockedBy, role) => {
    type Why = { verdict: Verdict; reasons: unknown[]; roleArn: string };
    const { data } = await admin.json<Answer<Why>>(aws("why"), {
      kind: "deployments.apps",
      namespace: "payments",
      name: "api",
      action,
      resource,
    });
    expect(data.verdict).toMatchObject({ decision, blockedBy });
    expect(data.roleArn.endsWith(`:role/${role}`), data.roleArn).toBe(true);
    expect(data.reasons).not.toHaveLength(0);
  });

  it("nobody sees what Kubernetes does not show them, not even as a number", async () => {
    const { data, scope } = await carol.json<Answer<WhoCan>>(["identity", "who-can"], { action: "s3:GetObject" });
    expect(new Set(data.rows.map(({ workload: at }) => at.namespace))).toEqual(new Set(["payments"]));
    expect(data.total.count).toBe(data.rows.length);
    expect(scope.namespaces).not.toContain("search");
    expect((await access(carol)).data.identities).toHaveLength(1);
    const none = await nobody.json<Answer<WhoCan>>(["identity", "who-can"], { action: "s3:GetObject" });
    expect(none.data.rows).toEqual([]);
    const refused = await nobody.problem(aws("workloads", "deployments.apps", "payments", "api"));
    expect(refused.status).toBe(403);
  });

  it("what moto lacks is told as such, and is no refusal", async () => {
    const { data } = await admin.json<Answer<Status>>(aws("status"));
    expect(data.capabilities.filter(({ state }) => state === "denied")).toEqual([]);
  });
});
