import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect } from "vitest";
import type { Api } from "./api";
import { readTargets, type Target } from "./kubeconfig";
import type { ServedCluster } from "./periscope";
import { PERSONAS, World } from "./world";

export interface Gap {
  code: string;
  what: string;
  needsAws?: { action: string; resource: string; principal?: string }[];
}

export interface Answer<T> {
  data: T;
  gaps: Gap[];
}

export interface Part {
  part: string;
  state: string;
  at?: string;
  gaps: Gap[];
}

export interface Status {
  parts: Part[];
  capabilities: { action: string; state: string }[];
}

export interface Verdict {
  decision: string;
  condition?: string;
  blockedBy: string[];
}

export interface Access {
  identities: { source: string; roleArn?: string; state: string }[];
  services: { service: string; actions: { action: string; verdict: Verdict }[] }[];
  chains: { roleArn: string; via: string[]; verdict: Verdict }[];
  chain: { step: string; arn?: string; url?: string }[];
  unseen: string[];
  links: { console?: string; cli: string[] };
  summary: { certainty: string; sentence: string };
}

export interface Roles {
  roles: {
    arn: string;
    name: string;
    state: string;
    consoleUrl?: string;
    policies: { name: string; arn?: string }[];
  }[];
}

export interface ServiceAccounts {
  accounts: {
    namespace: string;
    name: string;
    source: string;
    roleArn?: string;
    roleState?: string;
    trust?: { admits: string };
  }[];
}

export interface WhoCan {
  rows: {
    workload: { cluster: string; namespace: string; name: string };
    roleArn: string;
    verdict: Verdict;
  }[];
  total: { count: number; certainty: string };
  perCluster: { cluster: string; gaps: Gap[] }[];
}

export const HOME = "111122223333";
export const STAGING = "444455556666";
export const DATA = "999988887777";
/** An account that nothing is heard of. */
export const DARK = "555566667777";
export const SERVER = `arn:aws:iam::${HOME}:role/periscope-server`;
export const READER = (account: string) => `arn:aws:iam::${account}:role/periscope-reader`;
export const SESSION = (account: string, role: string) => `arn:aws:sts::${account}:assumed-role/${role}/e2e`;
export const PROD = `arn:aws:eks:eu-west-1:${HOME}:cluster/prod-eu`;
export const EXAMPLES = "aws-examples";
export const ALICE = [{ id: "alice", ...PERSONAS.alice, groups: [...PERSONAS.alice.groups] }];

/** The demo world of one file's tests, and how its AWS is reached. */
export class AwsWorld {
  private constructor(
    readonly world: World,
    /** Where its AWS is. */
    readonly endpoint: string,
    /** The keys of the account of `prod-eu`. */
    readonly env: Record<string, string>,
    private readonly targets: Target[],
  ) {}

  static async start(): Promise<AwsWorld> {
    const world = await World.start({ pods: 150 });
    const exports = await readFile(world.awsEnv, "utf8");
    const found = (pattern: RegExp) => pattern.exec(exports)?.slice(1) ?? [];
    const [endpoint = ""] = found(/AWS_ENDPOINT_URL=(\S+)/);
    // Keys of another STS, whose signatures the world cannot check: what stands in between changes what was signed.
    const env = { AWS_ACCESS_KEY_ID: `RELAYED${HOME}`, AWS_SECRET_ACCESS_KEY: "placeholder" };
    return new AwsWorld(world, endpoint, env, await readTargets(world.server));
  }

  /** One of its clusters, as whatever EKS cluster. */
  cluster(id: string, at: string, arn: string, assumeRole?: string): ServedCluster {
    const target = this.targets.find(({ name }) => name === at);
    if (!target) throw new Error(`the world has no cluster ${at}`);
    return { id, target, eks: { arn, ...(assumeRole === undefined ? {} : { assumeRole }) } };
  }
}

export function useAwsWorld(): () => AwsWorld {
  let started: AwsWorld | undefined;
  beforeAll(async () => {
    started = await AwsWorld.start();
  });
  afterAll(() => started?.world.stop());
  return () => {
    if (!started) throw new Error("the world is there only while tests run");
    return started;
  };
}

/** What each part lacks. */
export const codes = ({ parts }: Status) =>
  Object.fromEntries(parts.map(({ part, gaps }) => [part, [...new Set(gaps.map(({ code }) => code))]]));
/** When each part was read. */
export const ages = ({ parts }: Status) => Object.fromEntries(parts.map(({ part, at }) => [part, at]));

/** What people ask of one cluster, as paths: none may end in a server error. */
export const questions = (id: string): string[] => [
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

export class Asker {
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
