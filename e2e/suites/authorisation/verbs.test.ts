import { afterAll, beforeAll, expect, it } from "vitest";
import { CLUSTER, KINDS, town, type Town } from "../../lib/authorisation";
import { place } from "../../lib/api";
import { describeControlPlane } from "../../lib/control-plane";
import { truth } from "../../lib/oracle";
import { Random } from "../../lib/random";
import { eventually } from "../../lib/wait";

const RBAC = "rbac.authorization.k8s.io";

// What the random suite may miss: each form of a permission, for each way in which a list is read.
describeControlPlane("a list, by what its reader may do", () => {
  let here: Town;
  beforeAll(async () => {
    here = await town(new Random(7), 1);
  });
  afterAll(() => here?.stop());

  const grant = async (rule: object, namespace: string | null) => {
    const roles = `/apis/${RBAC}/v1/clusterroles/verbs`;
    const metadata = { name: "verbs", ...(namespace ? { namespace } : {}) };
    await here.kube.apply(roles, {
      apiVersion: `${RBAC}/v1`,
      kind: "ClusterRole",
      metadata: { name: "verbs" },
      rules: [rule],
    });
    const binding = namespace
      ? `/apis/${RBAC}/v1/namespaces/${namespace}/rolebindings/verbs`
      : `/apis/${RBAC}/v1/clusterrolebindings/verbs`;
    await here.kube.apply(binding, {
      apiVersion: `${RBAC}/v1`,
      kind: namespace ? "RoleBinding" : "ClusterRoleBinding",
      metadata,
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "verbs" },
      subjects: [{ apiGroup: RBAC, kind: "User", name: "u0@corp" }],
    });
    return () => here.kube.remove(binding);
  };

  const cases = [["list"], ["list", "watch"], ["watch"], ["get"], ["get", "list", "watch"], ["*"]].flatMap(
    (verbs) => ["ns-a", null].map((namespace) => ({ verbs, namespace })),
  );
  it.each(cases)("$verbs in $namespace", { timeout: 120_000 }, async ({ verbs, namespace }) => {
    const [person] = here.people;
    if (!person) throw new Error("nobody lives here");
    const groups = [...new Set(KINDS.map(({ group }) => group))];
    const rule = { apiGroups: groups, resources: KINDS.map(({ resource }) => resource), verbs };
    const revoke = await grant(rule, namespace);
    try {
      const wrong: string[] = [];
      for (const kind of KINDS) {
        // Twice: what was right once must stay right.
        for (const round of ["first", "again"]) {
          try {
            await eventually(
              `${kind.id}, ${round}`,
              async (saw) => {
                const expected = await truth(here.kube, person, kind, here.namespaces);
                const { rows } = await person.api.list(kind.id, { cluster: CLUSTER, limit: 500 });
                expect(saw(rows.map(place).sort())).toEqual(expected);
              },
              { timeoutMs: 12_000 },
            );
          } catch (error) {
            wrong.push((error as Error).message.slice(0, 300));
          }
        }
      }
      expect(wrong).toEqual([]);
    } finally {
      await revoke();
    }
  });

  it("shows nothing for a rule that is limited to names, as the API server does", async () => {
    const [person] = here.people;
    if (!person) throw new Error("nobody lives here");
    const names = ["needle-configmaps-ns-a"];
    const rule = { apiGroups: [""], resources: ["configmaps"], verbs: ["*"], resourceNames: names };
    const revoke = await grant(rule, "ns-a");
    try {
      const object = { cluster: CLUSTER, kind: "configmaps", namespace: "ns-a", name: names[0] ?? "" };
      await eventually("the object can be read", async () => {
        expect(await person.api.object(object)).toMatchObject({ data: { object: { kind: "ConfigMap" } } });
      });
      await eventually("the list is refused", async () => {
        const window = await person.api.list("configmaps", { cluster: CLUSTER });
        expect(window).toMatchObject({ total: 0, rows: [], clusters: [{ state: { phase: "refused" } }] });
      });
    } finally {
      await revoke();
    }
  });
});
