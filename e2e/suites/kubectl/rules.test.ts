import { expect, it } from "vitest";
import { onBoth } from "../../lib/both";
import { FEW } from "../../lib/control-plane";
import { until } from "../../lib/wait";

onBoth("RBAC rules", { controllers: FEW }, (cluster) => {
  it("lets a name-limited rule through for its name only", async () => {
    const kubectl = await cluster().kubectl();
    await kubectl.out(["create", "configmap", "open"]);
    await kubectl.out(["create", "configmap", "closed"]);
    const rule = ["--verb", "get,list,watch", "--resource", "configmaps", "--resource-name", "open"];
    await kubectl.out(["create", "role", "one", ...rule]);
    await kubectl.out(["create", "rolebinding", "one", "--role", "one", "--user", "erin@corp"]);
    const erin = kubectl.as("erin@corp");
    const open = ["get", "configmap", "open", "-o", "name"];
    await until(
      "the name is allowed",
      async (saw) => saw(await erin.run(open)).stdout === "configmap/open\n",
    );
    expect(await erin.refusal(["get", "configmap", "closed"])).toContain("Forbidden");
    expect(await erin.refusal(["get", "configmaps"])).toContain("Forbidden");
    const selected = ["get", "configmaps", "--field-selector", "metadata.name=open", "-o", "name"];
    expect(await erin.out(selected)).toBe("configmap/open\n");
    await kubectl.out(["delete", "rolebinding", "one"]);
    await until(
      "the name is refused",
      async (saw) => saw(await erin.run(["get", "configmap", "open"])).code !== 0,
    );
  });

  it("aggregates cluster roles by label", async () => {
    const kubectl = await cluster().kubectl();
    const role = (name: string, more: object) =>
      JSON.stringify({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name },
        ...more,
      });
    const selectors = [{ matchLabels: { "e2e/part": "yes" } }];
    await kubectl.out(["apply", "-f", "-"], {
      input: role("whole", { aggregationRule: { clusterRoleSelectors: selectors }, rules: [] }),
    });
    await kubectl.out([
      "create",
      "clusterrolebinding",
      "whole",
      "--clusterrole",
      "whole",
      "--user",
      "frank@corp",
    ]);
    const frank = kubectl.as("frank@corp");
    expect(await frank.refusal(["get", "nodes"])).toContain("Forbidden");
    const rules = [{ apiGroups: [""], resources: ["nodes"], verbs: ["list"] }];
    const part = { metadata: { name: "part", labels: { "e2e/part": "yes" } }, rules };
    await kubectl.out(["apply", "-f", "-"], { input: role("part", part) });
    await until("the role is put together", async (saw) => saw(await frank.run(["get", "nodes"])).code === 0);
  });
});
