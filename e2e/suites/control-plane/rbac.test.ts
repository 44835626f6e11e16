import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { describeControlPlane, FEW, useControlPlane } from "../../lib/control-plane";
import { Kube } from "../../lib/kube";
import { eventually } from "../../lib/wait";

interface Resource {
  name: string;
  namespaced: boolean;
  verbs: string[];
}

describeControlPlane("deploy/rbac on a real API server", () => {
  const cluster = useControlPlane({ controllers: FEW });
  let admin: Kube;
  let consoleItself: Kube;

  beforeAll(async () => {
    admin = await cluster().kube();
    await cluster().installConsole(["team-a"]);
    consoleItself = new Kube(cluster().console());
    const widgets = fileURLToPath(new URL("../../fixtures/widgets.json", import.meta.url));
    await (await cluster().kubectl()).out(["apply", "-f", widgets]);
  });

  /** Every path of a list that the server has. */
  async function lists(): Promise<string[]> {
    const groups = (await admin.get<{ groups: { preferredVersion: { groupVersion: string } }[] }>("/apis"))
      .groups;
    const roots = [
      "/api/v1",
      ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`),
    ];
    const found = await Promise.all(
      roots.map(async (root) => {
        const { resources } = await admin.get<{ resources: Resource[] }>(root);
        return resources.filter(({ verbs }) => verbs.includes("list")).map(({ name }) => `${root}/${name}`);
      }),
    );
    return found.flat();
  }

  it("lets the console's identity read nothing by itself", async () => {
    const paths = await lists();
    expect(paths.length).toBeGreaterThan(50);
    for (const path of paths) {
      const { status, body } = await consoleItself.send("GET", path);
      expect(status, `${path}: ${JSON.stringify(body)}`).toBe(403);
    }
    const { status } = await consoleItself.send("POST", "/api/v1/namespaces", { metadata: { name: "x" } });
    expect(status).toBe(403);
  });

  it("lets the inventory list every built-in kind but Secrets", async () => {
    const inventory = consoleItself.as({ user: "periscope:inventory", groups: [] });
    await eventually("the role is put together", async () => {
      expect((await inventory.send("GET", "/api/v1/pods")).status).toBe(200);
    });
    const refused = [];
    for (const path of await lists()) {
      const { status } = await inventory.send("GET", path);
      if (status !== 200) refused.push(`${path} ${status}`);
    }
    expect(refused.sort()).toEqual([
      "/api/v1/componentstatuses 403",
      "/api/v1/secrets 403",
      "/apis/e2e.periscope.dev/v1/gadgets 403",
      "/apis/e2e.periscope.dev/v1/widgets 403",
    ]);
  });

  it("lets the inventory list custom resources that are granted by label, and write nothing", async () => {
    await cluster().grantInventory("e2e.periscope.dev", ["widgets"]);
    const inventory = consoleItself.as({ user: "periscope:inventory", groups: [] });
    await eventually("widgets can be listed", async () => {
      expect((await inventory.send("GET", "/apis/e2e.periscope.dev/v1/widgets")).status).toBe(200);
    });
    for (const [method, path] of [
      ["POST", "/api/v1/namespaces/default/configmaps"],
      ["DELETE", "/api/v1/namespaces/default"],
    ] as const) {
      expect((await inventory.send(method, path, { metadata: { name: "x" } })).status).toBe(403);
    }
  });

  describe("impersonation", () => {
    const review = (person: { user: string; groups: string[] }) =>
      consoleItself.as(person).send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {
        apiVersion: "authentication.k8s.io/v1",
        kind: "SelfSubjectReview",
      });

    it("reaches people and the groups that are listed", async () => {
      const { status, body } = await review({ user: "alice@corp", groups: ["team-a"] });
      expect(status).toBe(201);
      expect((body as { status: { userInfo: unknown } }).status.userInfo).toMatchObject({
        username: "alice@corp",
        groups: ["team-a", "system:authenticated"],
      });
    });

    it.each([["system:masters"], ["team-b"], ["periscope-tier:root"]])(
      "does not reach the group %s",
      async (group) => {
        const { status, body } = await review({ user: "alice@corp", groups: [group] });
        expect(status).toBe(403);
        expect((body as { message: string }).message).toContain(`groups "${group}" is forbidden`);
      },
    );
  });
});
