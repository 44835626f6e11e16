import { expect, it } from "vitest";
import { ADMINS, onRealServer } from "../../lib/subject";
import { eventually } from "../../lib/wait";

// Kinds are looked for now and then, so this waits; once is enough.
onRealServer("custom resources", [{ id: "admin", user: "ada@corp", groups: [ADMINS] }], (subject) => {
  it("appear when their definition does, and are unknown when it is gone", { timeout: 120_000 }, async () => {
    const { cluster, kubectl } = subject();
    const api = await subject().as("admin");
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "sparks.late.periscope.dev" },
      spec: {
        ...{
          group: "late.periscope.dev",
          scope: "Namespaced",
          names: { kind: "Spark", plural: "sparks" },
        },
        versions: [
          { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } },
        ],
      },
    };
    await kubectl.out(["apply", "-f", "-"], { input: JSON.stringify(definition) });
    const known = async () => (await api.kinds(cluster)).some(({ id }) => id === "sparks.late.periscope.dev");
    await eventually("the kind is there", async () => expect(await known()).toBe(true), {
      timeoutMs: 6_000,
    });
    await kubectl.out(["delete", "crd", "sparks.late.periscope.dev"]);
    await eventually("the kind is gone", async () => expect(await known()).toBe(false), {
      timeoutMs: 6_000,
    });
    expect(await api.problem(["lists", "sparks.late.periscope.dev"], { cluster })).toMatchObject({
      status: 404,
    });
  });
});
