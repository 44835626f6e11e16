import { afterAll, beforeAll, expect, it } from "vitest";
import type { Api } from "../../lib/api";
import { describeControlPlane, useControlPlane, type AuditEvent } from "../../lib/control-plane";
import { manifest } from "../../lib/deployment";
import type { Kube } from "../../lib/kube";
import { Periscope } from "../../lib/periscope";
import { eventually } from "../../lib/wait";

const TIERS = ["read", "triage", "maintain"] as const;
type Tier = (typeof TIERS)[number];

const OPERATORS: Tier[] = ["triage", "maintain"];
const MAINTAINERS: Tier[] = ["maintain"];

interface Target {
  kind: string;
  namespace?: string;
  name: string;
}

interface Run {
  id: string;
  state: string;
  results: { state: string; message?: string; needs?: unknown[] }[];
}

interface Row {
  requestId: string;
  phase: string;
  verb: string;
  result?: { outcome: string };
  outcome?: string;
  actor: { user?: string; tier?: string };
  target?: { resource?: string; name?: string };
}

const web: Target = { kind: "deployments.apps", namespace: "shop", name: "web" };
const spare: Target = { kind: "deployments.apps", namespace: "shop", name: "spare" };
const nightly: Target = { kind: "cronjobs.batch", namespace: "shop", name: "nightly" };
const node: Target = { kind: "nodes", name: "node-1" };

/** Each action, on what, by whom it may be done; in an order in which each leaves what the next needs. */
const ACTIONS: [action: Record<string, unknown>, target: (kube: Kube) => Promise<Target>, Tier[]][] = [
  [{ type: "scale", replicas: 3 }, at(web), OPERATORS],
  [{ type: "restart" }, at(web), OPERATORS],
  [{ type: "rollback" }, at(web), OPERATORS],
  [{ type: "pause" }, at(web), OPERATORS],
  [{ type: "resume" }, at(web), OPERATORS],
  [{ type: "label", set: { checked: "yes" }, remove: [] }, at(web), OPERATORS],
  [{ type: "annotate", set: { "team.corp/note": "seen" }, remove: [] }, at(web), OPERATORS],
  [{ type: "evict", gracePeriodSeconds: 0 }, aPod, OPERATORS],
  [{ type: "delete", propagation: "background", gracePeriodSeconds: 0 }, aPod, OPERATORS],
  [{ type: "suspend" }, at(nightly), MAINTAINERS],
  [{ type: "unsuspend" }, at(nightly), MAINTAINERS],
  [{ type: "trigger" }, at(nightly), MAINTAINERS],
  [{ type: "cordon" }, at(node), MAINTAINERS],
  [{ type: "uncordon" }, at(node), MAINTAINERS],
  [
    { type: "drain", gracePeriodSeconds: 0, timeoutSeconds: 30, deleteEmptyDirData: true, force: true },
    at(node),
    MAINTAINERS,
  ],
  [{ type: "delete", propagation: "background" }, at(spare), MAINTAINERS],
];

function at(target: Target) {
  return () => Promise.resolve(target);
}

async function aPod(kube: Kube): Promise<Target> {
  let name = "";
  await eventually("there is a pod that stays", async () => {
    const pods = await kube.list("/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb");
    name = pods.find(({ metadata }) => !metadata.deletionTimestamp)?.metadata.name ?? "";
    expect(name).not.toBe("");
  });
  return { kind: "pods", namespace: "shop", name };
}

describeControlPlane("what is done, what is recorded, and what the API server says was asked of it", () => {
  const cluster = useControlPlane({ controllers: "*", audited: true });
  let kube: Kube;
  let periscope: Periscope;
  const people = new Map<Tier, Api>();

  beforeAll(async () => {
    kube = await cluster().kube();
    await cluster().installConsole(TIERS.map((tier) => `periscope-tier:${tier}`));
    await fill();
    const tiers = Object.fromEntries(TIERS.map((tier) => [tier, [`${tier}ers`]]));
    periscope = await Periscope.serve(
      [{ id: "real", target: cluster().console(), authorization: { mode: "tier", tiers } }],
      TIERS.map((tier) => ({ id: tier, user: `${tier}@corp`, groups: [`${tier}ers`] })),
    );
    for (const tier of TIERS) people.set(tier, await periscope.as(tier));
  });
  afterAll(() => periscope?.stop());

  async function fill(): Promise<void> {
    await kube.must("POST", "/api/v1/nodes", { metadata: { name: "node-1" } });
    await kube.must("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
    const deployment = JSON.parse(manifest("registry.corp/web:1")) as {
      metadata: { name: string };
      spec: { template: { spec: Record<string, unknown> } };
    };
    deployment.spec.template.spec["nodeName"] = "node-1";
    const deployments = "/apis/apps/v1/namespaces/shop/deployments";
    await kube.must("POST", deployments, deployment);
    await kube.must("POST", deployments, { ...deployment, metadata: { name: "spare" } });
    const template = { spec: { restartPolicy: "Never", containers: [{ name: "job", image: "job:1" }] } };
    await kube.must("POST", "/apis/batch/v1/namespaces/shop/cronjobs", {
      metadata: { name: "nightly" },
      spec: { schedule: "0 3 * * *", jobTemplate: { spec: { template } } },
    });
    await kube.must("POST", "/api/v1/namespaces/shop/secrets", {
      metadata: { name: "login" },
      stringData: { password: "correct horse" },
    });
    // A second revision to roll back from.
    await eventually("the first revision is there", async () => {
      expect(await kube.list("/apis/apps/v1/namespaces/shop/replicasets")).toHaveLength(2);
    });
    await kube.merge(`${deployments}/web`, {
      spec: { template: { metadata: { annotations: { "team.corp/second": "revision" } } } },
    });
    await eventually("the second revision is there", async () => {
      expect(await kube.list("/apis/apps/v1/namespaces/shop/replicasets")).toHaveLength(3);
    });
  }

  /** What the tier before has done already could not be done again. */
  async function prepare(type: unknown): Promise<void> {
    if (type !== "pause" && type !== "resume") return;
    await kube.merge("/apis/apps/v1/namespaces/shop/deployments/web", { spec: { paused: type === "resume" } });
  }

  /** The oldest revision that is not the current one: going back to one makes it the newest. */
  async function revision({ kind, namespace, name }: Target): Promise<number> {
    const where = ["clusters", "real", "objects", kind, namespace!, name, "revisions"];
    const { revisions } = await people.get("read")!.json<{ revisions: { revision: number; current: boolean }[] }>(where);
    return revisions.filter(({ current }) => !current).at(-1)!.revision;
  }

  async function act(tier: Tier, wanted: Record<string, unknown>, target: Target): Promise<Run["results"][number]> {
    const api = people.get(tier)!;
    const action = wanted["type"] === "rollback" ? { ...wanted, revision: await revision(target) } : wanted;
    const reply = await api.send("POST", "/api/clusters/real/actions", { action, targets: [target] });
    expect([200, 202], reply.text).toContain(reply.status);
    let run = JSON.parse(reply.text) as Run;
    await eventually("the run ends", async () => {
      run = await api.json<Run>(["runs", run.id]);
      expect(run.state, JSON.stringify(run)).not.toBe("running");
    });
    return run.results[0]!;
  }

  it.each(ACTIONS)("$type by every tier", async (action, target, allowed) => {
    for (const tier of TIERS) {
      await prepare(action["type"]);
      const result = await act(tier, action, await target(kube));
      const expected = allowed.includes(tier) ? "success" : "denied";
      expect(result.state, `${tier}: ${JSON.stringify(result)}`).toBe(expected);
      if (expected === "denied") expect(result.needs, tier).not.toEqual([]);
      // What the first of two may delete is gone for the second.
      if (expected === "success" && action["type"] === "delete" && allowed === MAINTAINERS) return;
    }
  });

  it("reveals a key of a Secret to who may read it", async () => {
    for (const tier of TIERS) {
      const where = "/api/clusters/real/secrets/shop/login/reveal";
      const reply = await people.get(tier)!.send("POST", where, { key: "password" });
      expect(reply.status, `${tier}: ${reply.text}`).toBe(tier === "maintain" ? 200 : 403);
    }
  });

  /** What changed something, as the API server tells it: reviews and dry runs change nothing. */
  async function changes(): Promise<AuditEvent[]> {
    const log = await cluster().auditLog();
    return log.filter(
      ({ user, verb, requestURI, objectRef }) =>
        user.username === "periscope-console" &&
        ["create", "update", "patch", "delete", "deletecollection"].includes(verb) &&
        !objectRef?.resource?.endsWith("reviews") &&
        !requestURI.includes("dryRun="),
    );
  }

  async function rows(): Promise<Row[]> {
    const pages = TIERS.map((tier) => people.get(tier)!.json<{ rows: Row[] }>(["audit"], { limit: 500 }));
    return (await Promise.all(pages)).flatMap(({ rows }) => rows);
  }

  it("has a row for every change, and a change for every row", async () => {
    const acts = (await rows()).filter(({ verb }) => ACTIONS.some(([{ type }]) => type === verb));
    expect(acts.length).toBeGreaterThan(ACTIONS.length * 2);
    const events = await changes();
    const requestOf = ({ auditID }: AuditEvent) => auditID.split(".")[0]!;
    for (const event of events) {
      const about = JSON.stringify(event);
      expect(event.impersonatedUser?.username, about).toMatch(/^(triage|maintain|read)@corp$/);
      const own = acts.filter(({ requestId }) => requestId === requestOf(event));
      expect(own.length, `is not in the record: ${about}`).toBeGreaterThan(0);
      expect(own[0]!.actor.user, about).toBe(event.impersonatedUser?.username);
    }
    // The API server writes down that it answered after it has.
    await eventually("it wrote down what it accepted", async () => {
      const answered = (await changes()).filter(({ responseStatus }) => (responseStatus?.code ?? 500) < 300);
      const accepted = new Set(answered.map(requestOf));
      for (const row of acts) {
        const outcome = row.result?.outcome ?? row.outcome;
        expect(accepted.has(row.requestId), JSON.stringify(row)).toBe(outcome === "success");
      }
    });
  });

  it("names the human in the API server's own log, with the tier's one group", async () => {
    for (const event of await changes()) {
      const tier = event.impersonatedUser!.username.split("@")[0];
      expect(event.impersonatedUser!.groups, JSON.stringify(event)).toEqual(
        expect.arrayContaining([`periscope-tier:${tier}`]),
      );
    }
  });
});
