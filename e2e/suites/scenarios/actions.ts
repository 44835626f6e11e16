import { beforeAll, describe, expect, it } from "vitest";
import type { Api } from "../../lib/api";
import { path } from "../../lib/api";
import type { KubeObject } from "../../lib/kube";
import type { Subject } from "../../lib/subject";
import { eventually, until } from "../../lib/wait";
import type {
  Action,
  ActionPreview,
  ActionResult,
  ActionRun,
  CanIAnswer,
  RevealedKey,
  Revision,
  Target,
} from "../../../web/src/api/actions-contract";

const NAMESPACE = "acts";

const container = { name: "main", image: "registry.k8s.io/pause:3.10" };
const deployment = (name: string, replicas = 2) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: NAMESPACE },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
  },
});
const cronJob = (name: string) => ({
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name, namespace: NAMESPACE },
  spec: {
    schedule: "0 0 1 1 *",
    jobTemplate: { spec: { template: { spec: { restartPolicy: "Never", containers: [container] } } } },
  },
});
const budget = (name: string, minAvailable: number) => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name, namespace: NAMESPACE },
  spec: { minAvailable, selector: { matchLabels: { app: name } } },
});

/** Every action, as somebody who may, as somebody who may not, and when the object is not what it was. */
export function actionScenarios(subject: () => Subject): void {
  const target = (kind: string, name: string): Target => ({ kind, namespace: NAMESPACE, name });
  const truth = (kind: string, name: string) =>
    subject().kubectl.json<KubeObject & { spec: Record<string, unknown> }>(["get", kind, name, "-n", NAMESPACE]);
  const apply = (object: unknown) =>
    subject().kubectl.out(["apply", "-f", "-"], { input: JSON.stringify(object) });

  const post = async <T>(api: Api, parts: string[], body: unknown): Promise<T> => {
    const reply = await api.send("POST", path(["clusters", subject().cluster, ...parts]), body);
    if (reply.status !== 200 && reply.status !== 202) throw new Error(`${reply.status} ${reply.text}`);
    return JSON.parse(reply.text) as T;
  };
  const preview = (api: Api, action: Action, targets: Target[]) =>
    post<ActionPreview>(api, ["actions", "preview"], { action, targets });
  const run = async (api: Api, action: Action, targets: Target[]): Promise<ActionRun> => {
    const begun = await post<ActionRun>(api, ["actions"], { action, targets });
    return until(`${begun.summary} ends`, async (saw) => {
      const now = saw(await api.json<ActionRun>(["runs", begun.id]));
      return now.state === "running" ? undefined : now;
    });
  };
  const act = async (api: Api, action: Action, one: Target): Promise<ActionResult> => {
    const [result] = (await run(api, action, [one])).results;
    if (!result) throw new Error("a run of one object has one result");
    return result;
  };
  const done = async (action: Action, one: Target): Promise<ActionResult> => {
    const result = await act(await subject().as("admin"), action, one);
    expect(result, JSON.stringify(result)).toMatchObject({ state: "success", needs: [] });
    return result;
  };

  beforeAll(async () => {
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    for (const name of ["scaled", "rolled", "guarded", "doomed", "marked"]) await apply(deployment(name));
    await apply(cronJob("nightly"));
    await eventually("the deployments are observed", async (saw) => {
      for (const name of ["scaled", "rolled", "guarded", "doomed", "marked"]) {
        const { metadata } = saw(await truth("deployments.apps", name));
        expect(metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("1");
      }
    });
  });

  describe("acting on a workload", () => {
    it("scales it through its scale, and not what has changed since", async () => {
      const admin = await subject().as("admin");
      const shown = await until("the preview is of something that rests", async (saw) => {
        const [one] = saw(await preview(admin, { type: "scale", replicas: 3 }, [target("deployments.apps", "scaled")])).targets;
        expect(one).toMatchObject({ found: true, allowed: true, change: "2 → 3 replicas", dryRun: { accepted: true } });
        expect(one?.target.resourceVersion).toBe((await truth("deployments.apps", "scaled")).metadata.resourceVersion);
        return one;
      });
      expect((await truth("deployments.apps", "scaled")).spec["replicas"]).toBe(2);
      await subject().kubectl.out(["label", "deployment", "scaled", "-n", NAMESPACE, "changed=yes"]);
      const late = await act(admin, { type: "scale", replicas: 3 }, shown.target);
      expect(late).toMatchObject({ state: "failure", code: "conflict" });
      await done({ type: "scale", replicas: 3 }, target("deployments.apps", "scaled"));
      expect((await truth("deployments.apps", "scaled")).spec["replicas"]).toBe(3);
    });

    it("restarts, pauses, resumes and returns to a revision", async () => {
      const admin = await subject().as("admin");
      const rolled = target("deployments.apps", "rolled");
      const revisions = async () =>
        (
          await admin.json<{ revisions: Revision[] }>([
            ...["clusters", subject().cluster, "objects", "deployments.apps", NAMESPACE, "rolled", "revisions"],
          ])
        ).revisions;
      await done({ type: "restart" }, rolled);
      // the controller makes the replica set first, and tells the deployment afterwards
      const now = await until("the second revision is the one in force", async (saw) => {
        const seen = saw(await revisions());
        return seen.find(({ current }) => current)?.revision === 2 ? seen : undefined;
      });
      expect(now.map(({ revision, current }) => [revision, current])).toEqual([
        [2, true],
        [1, false],
      ]);
      expect(now[1]?.diff).toContain("kubectl.kubernetes.io/restartedAt");
      await done({ type: "pause" }, rolled);
      expect((await truth("deployments.apps", "rolled")).spec["paused"]).toBe(true);
      expect(await act(admin, { type: "restart" }, rolled)).toMatchObject({ state: "failure", code: "unfit" });
      expect(await act(admin, { type: "rollback", revision: 1 }, rolled)).toMatchObject({ code: "unfit" });
      await done({ type: "resume" }, rolled);
      await done({ type: "rollback", revision: 1 }, rolled);
      const template = (await truth("deployments.apps", "rolled")).spec["template"] as KubeObject;
      expect(template.metadata.annotations ?? {}).toEqual({});
      expect(template.metadata.labels).toEqual({ app: "rolled" });
      await eventually("the first revision is the newest again", async (saw) => {
        expect(saw(await revisions()).find(({ current }) => current)?.revision).toBe(3);
      });
    });

    it("labels and annotates it, and takes them off again", async () => {
      const marked = target("deployments.apps", "marked");
      await done({ type: "label", set: { team: "blue" }, remove: [] }, marked);
      await done({ type: "annotate", set: { "corp.example/note": "a b\nc" }, remove: [] }, marked);
      const { labels, annotations } = (await truth("deployments.apps", "marked")).metadata;
      expect([labels?.["team"], annotations?.["corp.example/note"]]).toEqual(["blue", "a b\nc"]);
      await done({ type: "label", set: {}, remove: ["team"] }, marked);
      expect((await truth("deployments.apps", "marked")).metadata.labels?.["team"]).toBeUndefined();
    });

    it("deletes it with what it owns, and this very one only", async () => {
      const admin = await subject().as("admin");
      const doomed = target("deployments.apps", "doomed");
      const other = await act(admin, { type: "delete", propagation: "foreground" }, { ...doomed, uid: "another" });
      expect(other).toMatchObject({ state: "failure", code: "conflict" });
      await done({ type: "delete", propagation: "foreground" }, doomed);
      await eventually("nothing of it is left", async (saw) => {
        const left = await subject().kubectl.json<{ items: KubeObject[] }>([
          ...["get", "deployments,replicasets,pods", "-n", NAMESPACE, "-l", "app=doomed"],
        ]);
        expect(saw(left.items.map(({ metadata }) => metadata.name))).toEqual([]);
        expect((await subject().kubectl.run(["get", "deployment", "doomed", "-n", NAMESPACE])).code).not.toBe(0);
      });
    });
  });

  it("suspends and triggers a cron job", async () => {
    const nightly = target("cronjobs.batch", "nightly");
    await done({ type: "suspend" }, nightly);
    expect((await truth("cronjobs.batch", "nightly")).spec["suspend"]).toBe(true);
    await done({ type: "unsuspend" }, nightly);
    const result = await done({ type: "trigger", name: "by-hand" }, nightly);
    expect(result.created).toMatchObject({ kind: "jobs.batch", namespace: NAMESPACE, name: "by-hand" });
    const args = ["create", "job", "by-kubectl", "--from=cronjob/nightly", "-n", NAMESPACE];
    const theirs = JSON.parse(
      await subject().kubectl.out([...args, "--dry-run=client", "-o", "json"]),
    ) as KubeObject;
    const ours = await truth("jobs.batch", "by-hand");
    expect(ours.metadata.annotations).toMatchObject(theirs.metadata.annotations ?? {});
    expect(ours.metadata["ownerReferences"]).toEqual(theirs.metadata["ownerReferences"]);
    const again = await act(await subject().as("admin"), { type: "trigger", name: "by-hand" }, nightly);
    expect(again).toMatchObject({ state: "failure", code: "conflict" });
  });

  it("evicts as the disruption budget lets it", async () => {
    const admin = await subject().as("admin");
    const { kubectl } = subject();
    await apply(budget("guarded", 2));
    const pods = await until("there are two pods", async (saw) => {
      const listed = await kubectl.json<{ items: (KubeObject & { status: { phase?: string } })[] }>([
        ...["get", "pods", "-n", NAMESPACE, "-l", "app=guarded"],
      ]);
      return saw(listed.items).length === 2 ? listed.items : undefined;
    });
    // Where no kubelet runs them, they are said to run.
    const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
    for (const { metadata } of pods)
      await kubectl.run([
        ...["patch", "pod", metadata.name, "-n", NAMESPACE, "--subresource=status", "--type=merge"],
        ...["-p", JSON.stringify({ status })],
      ]);
    await eventually("the budget is counted", async (saw) => {
      const counted = await kubectl.json<{ status: { currentHealthy?: number } }>([
        ...["get", "pdb", "guarded", "-n", NAMESPACE],
      ]);
      expect(saw(counted.status).currentHealthy).toBe(2);
    });
    const name = pods[0]?.metadata.name ?? "";
    const shown = (await preview(admin, { type: "evict" }, [target("pods", name)])).targets[0];
    expect(shown?.warnings).toContainEqual(expect.objectContaining({ code: "pdb", tone: "danger" }));
    expect(shown?.dryRun?.accepted).toBe(false);
    const refused = await act(admin, { type: "evict" }, target("pods", name));
    expect(refused).toMatchObject({ state: "failure", code: "disruption_budget" });
    expect(refused.message).toContain("The disruption budget guarded needs 2 healthy pods and has 2 currently");
    await kubectl.out(["delete", "pdb", "guarded", "-n", NAMESPACE]);
    await done({ type: "evict", gracePeriodSeconds: 0 }, target("pods", name));
    await eventually("the pod is gone", async (saw) => {
      expect(saw(await kubectl.run(["get", "pod", name, "-n", NAMESPACE])).code).not.toBe(0);
    });
  });

  it("cordons, drains and uncordons a node", async () => {
    const admin = await subject().as("admin");
    const { kubectl } = subject();
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: "acted-on" } };
    await apply(node);
    const pod = {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "alone", namespace: NAMESPACE } },
      spec: { nodeName: "acted-on", containers: [container], terminationGracePeriodSeconds: 0 },
    };
    await apply({ ...{ apiVersion: "v1", kind: "ServiceAccount" }, metadata: { name: "default", namespace: NAMESPACE } });
    await apply(pod);
    const unschedulable = async () =>
      (await kubectl.json<{ spec: { unschedulable?: boolean } }>(["get", "node", "acted-on"])).spec.unschedulable;
    const at: Target = { kind: "nodes", name: "acted-on" };
    await done({ type: "cordon" }, at);
    expect(await unschedulable()).toBe(true);
    await done({ type: "uncordon" }, at);
    expect((await unschedulable()) ?? false).toBe(false);
    const careful: Action = { type: "drain", deleteEmptyDirData: false, force: false, timeoutSeconds: 30 };
    const plan = await preview(admin, careful, [at]);
    expect(plan.drain?.pods).toContainEqual(expect.objectContaining({ name: "alone", fate: "unmanaged" }));
    const refused = await act(admin, careful, at);
    expect(refused).toMatchObject({ state: "failure", code: "unfit" });
    expect((await unschedulable()) ?? false, "nothing was done").toBe(false);
    const drained = await run(admin, { ...careful, force: true, gracePeriodSeconds: 0 }, [at]);
    expect(drained.drain?.pods).toContainEqual(expect.objectContaining({ name: "alone", state: "gone" }));
    expect(drained.results[0]).toMatchObject({ state: "success" });
    expect(await unschedulable()).toBe(true);
    expect((await kubectl.run(["get", "pod", "alone", "-n", NAMESPACE])).code).not.toBe(0);
    await kubectl.run(["delete", "node", "acted-on"]);
  });

  describe("who may not", () => {
    it("is refused with the permission, and nothing changes", async () => {
      const nobody = await subject().as("nobody");
      for (const [action, kind, name, needs] of [
        [{ type: "restart" }, "deployments.apps", "marked", { verb: "patch", resource: "deployments" }],
        [{ type: "scale", replicas: 9 }, "deployments.apps", "marked", { subresource: "scale" }],
        [{ type: "delete", propagation: "background" }, "deployments.apps", "marked", { verb: "delete" }],
        [{ type: "trigger" }, "cronjobs.batch", "nightly", { verb: "create", resource: "jobs" }],
      ] as [Action, string, string, object][]) {
        const result = await act(nobody, action, target(kind, name));
        expect(result.state, action.type).toBe("denied");
        expect(result.needs, action.type).toContainEqual(expect.objectContaining(needs));
        expect(result.audit, action.type).toBeTruthy();
        const [shown] = (await preview(nobody, action, [target(kind, name)])).targets;
        expect(shown, action.type).toMatchObject({ allowed: false });
      }
      expect((await truth("deployments.apps", "marked")).spec["replicas"]).toBe(2);
    });

    it("learns so beforehand, for each permission", async () => {
      const question = { verb: "patch", group: "apps", resource: "deployments", namespace: NAMESPACE };
      const ask = async (persona: string) =>
        post<CanIAnswer>(await subject().as(persona), ["can-i"], { questions: [question] });
      expect(await ask("admin")).toMatchObject({ answers: [{ allowed: true }], rbacReadable: true });
      expect(await ask("nobody")).toMatchObject({ answers: [{ allowed: false, grantedBy: [] }], rbacReadable: false });
    });
  });

  it("says of each object of a selection what came of it", async () => {
    const admin = await subject().as("admin");
    const names = ["marked", "no-such-deployment", "scaled"];
    const many = await run(
      admin,
      { type: "annotate", set: { "corp.example/many": "1" }, remove: [] },
      names.map((name) => target("deployments.apps", name)),
    );
    expect(many.results.map(({ state, code }) => [state, code ?? null])).toEqual([
      ["success", null],
      ["failure", "not_found"],
      ["success", null],
    ]);
    expect(many).toMatchObject({ done: 3, total: 3, state: "done" });
  });

  it("goes on when whoever asked hangs up", async () => {
    const admin = await subject().as("admin");
    const action: Action = { type: "annotate", set: { "corp.example/hung-up": "yes" }, remove: [] };
    const stop = new AbortController();
    const begun = fetch(admin.base + path(["clusters", subject().cluster, "actions"]), {
      method: "POST",
      headers: { cookie: admin.cookie ?? "", "content-type": "application/json" },
      body: JSON.stringify({ action, targets: [target("deployments.apps", "marked")] }),
      signal: stop.signal,
    }).catch(() => undefined);
    await until("the run is known", async (saw) => {
      const { runs } = saw(await admin.json<{ runs: ActionRun[] }>(["runs"]));
      return runs.some((run) => JSON.stringify(run.action) === JSON.stringify(action)) ? true : undefined;
    });
    stop.abort();
    await begun;
    await eventually("it is done all the same", async (saw) => {
      expect(saw(await truth("deployments.apps", "marked")).metadata.annotations?.["corp.example/hung-up"]).toBe("yes");
    });
  });

  it("shows one key of a Secret to whom Kubernetes lets", async () => {
    const parts = ["clusters", subject().cluster, "secrets", "scene-a", "api-key", "reveal"];
    const secret = await subject().kubectl.json<{ data: Record<string, string> }>([
      ...["get", "secret", "api-key", "-n", "scene-a"],
    ]);
    const [key, value] = Object.entries(secret.data)[0] ?? ["", ""];
    const reply = await (await subject().as("admin")).send("POST", path(parts), { key });
    const shown = JSON.parse(reply.text) as RevealedKey;
    const bytes = Buffer.from(shown.value, shown.encoding);
    expect([reply.status, bytes.toString("base64")]).toEqual([200, value]);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    const refused = await (await subject().as("nobody")).send("POST", path(parts), { key });
    expect(refused.status).toBe(403);
    expect(refused.text).not.toContain(value);
  });

  it("is found in the API server's own audit log by the id of the request", async () => {
    const admin = await subject().as("admin");
    const action: Action = { type: "annotate", set: { "corp.example/audited": "1" }, remove: [] };
    const reply = await admin.send("POST", path(["clusters", subject().cluster, "actions"]), {
      action,
      targets: [target("deployments.apps", "marked")],
    });
    const id = reply.headers.get("x-request-id") ?? "";
    expect(id).not.toBe("");
    const ids = await subject().auditIds();
    if (ids !== null)
      await eventually("the API server wrote it down", async (saw) => {
        const found = saw((await subject().auditIds()) ?? []).filter((one) => one === id || one.startsWith(`${id}.`));
        expect(found.length).toBeGreaterThan(1);
      });
  });
}
