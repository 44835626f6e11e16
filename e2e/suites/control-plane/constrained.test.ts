import { execFileSync } from "node:child_process";
import { beforeAll, expect, it } from "vitest";
import { describeControlPlane, FEW, useControlPlane } from "../../lib/control-plane";
import { Kube, type KubeObject } from "../../lib/kube";
import { periscopeBinary } from "../../lib/tools";
import { eventually } from "../../lib/wait";

const ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/periscope-impersonator";

describeControlPlane("constrained impersonation on a real API server", () => {
  const cluster = useControlPlane({ controllers: FEW });
  let consoleItself: Kube;

  beforeAll(async () => {
    await cluster().installConsole(["periscope-tier:maintain"]);
    const kubectl = await cluster().kubectl();
    // Only the role: whom it is bound to is the suite's own user.
    const printed = execFileSync(periscopeBinary, [
      ...["permissions", "kubernetes", "--part", "impersonator", "--constrained"],
      ...["--user", "alice@corp", "--group", "periscope-tier:maintain"],
    ]).toString();
    const [role] = printed.split("---\n");
    await kubectl.out(["apply", "-f", "-"], { input: role });
    const applied = await (await cluster().kube()).get<KubeObject & { rules: { verbs: string[] }[] }>(ROLE);
    expect(applied.rules.flatMap(({ verbs }) => verbs)).not.toContain("impersonate");
    consoleItself = new Kube(cluster().console());
  });

  const alice = () => consoleItself.as({ user: "alice@corp", groups: ["periscope-tier:maintain"] });

  it("lets people do what their tier may", async () => {
    await eventually("the roles are put together", async () => {
      const { status, body } = await alice().send("GET", "/api/v1/pods");
      expect(status, JSON.stringify(body)).toBe(200);
    });
    const name = { metadata: { name: "made-by-alice" } };
    expect((await alice().send("POST", "/api/v1/namespaces", name)).status).toBe(201);
    expect((await alice().send("GET", "/version")).status).toBe(200);
  });

  it("refuses who is not named, as user and as group", async () => {
    for (const person of [
      { user: "system:kube-controller-manager", groups: [] },
      { user: "mallory@corp", groups: ["periscope-tier:maintain"] },
      { user: "alice@corp", groups: ["system:masters"] },
    ]) {
      const { status, body } = await consoleItself.as(person).send("GET", "/api/v1/pods");
      expect(status, `${JSON.stringify(person)}: ${JSON.stringify(body)}`).toBe(403);
    }
  });

  it("lets nothing through by itself", async () => {
    expect((await consoleItself.send("GET", "/api/v1/pods")).status).toBe(403);
    expect((await consoleItself.send("GET", ROLE)).status).toBe(403);
  });
});
