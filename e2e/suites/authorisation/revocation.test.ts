import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { CLUSTER, town, type Town } from "../../lib/authorisation";
import { describeControlPlane } from "../../lib/control-plane";
import { Random } from "../../lib/random";
import { Stream } from "../../lib/stream";

const RBAC = "rbac.authorization.k8s.io";
/** The promise for what RBAC objects show. */
const GONE_WITHIN_MS = 5_000;
const COMES_WITHIN_MS = 30_000;

describeControlPlane("a permission that changes", () => {
  let here: Town;
  beforeAll(async () => {
    here = await town(new Random(11), 2);
  });
  afterAll(() => here?.stop());

  const path = (rest: string) => `/apis/${RBAC}/v1/${rest}`;
  const role = (name: string, rules: object[], labels = {}) =>
    here.kube.apply(path(`clusterroles/${name}`), {
      ...{ apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name, labels }, rules },
    });
  const subject = (kind: string, name: string) => ({ apiGroup: RBAC, kind, name });
  const bind = (where: string, kind: string, name: string, to: string, subjects: object[]) =>
    here.kube.apply(path(where), {
      ...{ apiVersion: `${RBAC}/v1`, kind, metadata: { name }, subjects },
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: to },
    });
  const reads = (resource: string) => ({
    apiGroups: ["", "apps"],
    resources: [resource],
    verbs: ["list", "watch"],
  });

  async function watching(kind: string, person = here.people[0]): Promise<Stream> {
    if (!person) throw new Error("nobody lives here");
    const stream = await Stream.open(person.api);
    onTestFinished(() => stream.close());
    await stream.subscribe("w", {
      ...{
        type: "window",
        kind,
        clusters: [CLUSTER],
        namespaces: [],
        filter: "",
        sort: "name",
        from: 0,
        limit: 100,
      },
    });
    return stream;
  }

  /** Sees rows in all of `namespaces`, takes something away, and sees them only in `left`. */
  async function revoke(
    kind: string,
    namespaces: string[],
    left: string[],
    take: () => Promise<unknown>,
  ): Promise<void> {
    const stream = await watching(kind);
    const seen = (expected: string[]) => (window: { rows: { namespace?: string | null }[] }) =>
      expect([...new Set(window.rows.map(({ namespace }) => namespace))].sort()).toEqual(expected);
    await stream.settles("w", `${kind} of ${namespaces.join(", ")}`, seen(namespaces));
    const since = performance.now();
    await take();
    await stream.settles("w", `${kind} only of ${left.join(", ") || "nothing"}`, seen(left));
    const took = performance.now() - since;
    console.info(`${kind}: the last forbidden row went after ${Math.round(took)} ms`);
    expect(took).toBeLessThan(GONE_WITHIN_MS);
    const [person] = here.people;
    const once = await person?.api.list(kind, { cluster: CLUSTER, limit: 500 });
    seen(left)({ rows: once?.rows ?? [] });
  }

  it("goes with a RoleBinding", async () => {
    await role("reads-pods", [reads("pods")]);
    await bind("namespaces/ns-a/rolebindings/one", "RoleBinding", "one", "reads-pods", [
      subject("User", "u0@corp"),
    ]);
    await bind("namespaces/ns-b/rolebindings/two", "RoleBinding", "two", "reads-pods", [
      subject("User", "u0@corp"),
    ]);
    const take = () => here.kube.remove(path("namespaces/ns-a/rolebindings/one"));
    await revoke("pods", ["ns-a", "ns-b"], ["ns-b"], take);
  });

  it("goes with a ClusterRoleBinding, and leaves what another one gives", async () => {
    await role("reads-services", [reads("services")]);
    await bind("clusterrolebindings/all", "ClusterRoleBinding", "all", "reads-services", [
      subject("User", "u0@corp"),
    ]);
    await bind("namespaces/ns-c/rolebindings/three", "RoleBinding", "three", "reads-services", [
      subject("User", "u0@corp"),
    ]);
    const take = () => here.kube.remove(path("clusterrolebindings/all"));
    await revoke("services", ["default", "ns-a", "ns-b", "ns-c", "ns-d"], ["ns-c"], take);
  });

  it("goes with a rule", async () => {
    await role("reads-maps", [reads("configmaps")]);
    await bind("namespaces/ns-d/rolebindings/four", "RoleBinding", "four", "reads-maps", [
      subject("User", "u0@corp"),
    ]);
    await revoke("configmaps", ["ns-d"], [], () => role("reads-maps", [reads("events")]));
  });

  it("goes with the label that took a role into another", async () => {
    const labels = { "e2e/in-whole": "yes" };
    await role("part-deployments", [reads("deployments")], labels);
    await here.kube.apply(path("clusterroles/whole"), {
      ...{ apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name: "whole" } },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] },
    });
    await bind("namespaces/ns-a/rolebindings/five", "RoleBinding", "five", "whole", [
      subject("User", "u0@corp"),
    ]);
    await revoke("deployments.apps", ["ns-a"], [], () => role("part-deployments", [reads("deployments")]));
  });

  it("goes for lists that are read as the person", async () => {
    await role("reads-secrets", [reads("secrets")]);
    await bind("namespaces/ns-b/rolebindings/six", "RoleBinding", "six", "reads-secrets", [
      subject("User", "u0@corp"),
    ]);
    await revoke("secrets", ["ns-b"], [], () => here.kube.remove(path("namespaces/ns-b/rolebindings/six")));
  });

  it("is nobody else's loss", async () => {
    const [, other] = here.people;
    await role("reads-quotas", [reads("limitranges")]);
    for (const user of ["u0", "u1"])
      await bind(`namespaces/ns-a/rolebindings/${user}`, "RoleBinding", user, "reads-quotas", [
        subject("User", `${user}@corp`),
      ]);
    await revoke("limitranges", ["ns-a"], [], () =>
      here.kube.remove(path("namespaces/ns-a/rolebindings/u0")),
    );
    const { rows } = (await other?.api.list("limitranges", { cluster: CLUSTER })) ?? { rows: [] };
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each(["pods", "secrets"])("comes as well, while one looks: %s", { timeout: 90_000 }, async (kind) => {
    await role(`gives-${kind}`, [reads(kind)]);
    const give = (namespace: string) =>
      bind(`namespaces/${namespace}/rolebindings/${kind}`, "RoleBinding", kind, `gives-${kind}`, [
        subject("User", "u1@corp"),
      ]);
    const stream = await watching(kind, here.people[1]);
    await give("ns-c");
    const seen = (expected: string[]) => (window: { rows: { namespace?: string | null }[] }) =>
      expect([...new Set(window.rows.map(({ namespace }) => namespace))].sort()).toEqual(expected);
    await stream.settles("w", "one namespace", seen(["ns-c"]), COMES_WITHIN_MS);
    const since = performance.now();
    await give("ns-d");
    await stream.settles("w", "two namespaces", seen(["ns-c", "ns-d"]), COMES_WITHIN_MS);
    console.info(`${kind}: the first allowed row came after ${Math.round(performance.now() - since)} ms`);
  });
});
