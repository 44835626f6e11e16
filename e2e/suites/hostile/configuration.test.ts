import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../../lib/contract";
import { Folder } from "../../lib/folder";
import { readTargets, kubeconfig, type Target } from "../../lib/kubeconfig";
import { Periscope, periscope } from "../../lib/periscope";
import { eventually } from "../../lib/wait";
import { useWorld } from "../../lib/world";

describe("a configuration", () => {
  let folder: Folder;
  beforeAll(async () => {
    folder = await Folder.make("configuration");
  });
  afterAll(() => folder?.remove());

  const GOOD = "clusters:\n  - id: prod\n    inCluster: true\n";

  it("that is good is called good", async () => {
    const file = await folder.write("good.yaml", GOOD);
    expect(await periscope(["config", "check", file])).toMatchObject({
      code: 0,
      stdout: `${file} is valid: 1 cluster\n`,
    });
  });

  it.each<[string, string, RegExp]>([
    ["an unknown key", `${GOOD}    colour: red\n`, /colour.*line 4|line 4.*colour/s],
    ["a key spelt otherwise", `${GOOD}Listen: 127.0.0.1:1\n`, /Listen/],
    ["no cluster", "clusters: []\n", /clusters: name at least one cluster/],
    ["two of one name", `${GOOD}  - id: prod\n    inCluster: true\n`, /clusters\[1\]\.id: "prod" is taken/],
    ["a name that is none", GOOD.replace("prod", "../prod"), /clusters\[0\]: id/],
    ["no way to it", "clusters:\n  - id: a\n", /clusters\[0\]: say how to reach it/],
    ["text that is no YAML", "clusters: [\n  - {id: a\n", /line \d/],
    ["an address that is none", `listen: everywhere\n${GOOD}`, /line 1 column 9: .*address/],
    ["an anchor bomb", bomb(), /.+/],
    ["nothing at all", "", /.+/],
    ["a list", "- id: a\n", /.+/],
  ])("with %s is refused, and says where", async (_, text, message) => {
    const file = await folder.write("bad.yaml", text);
    const outcome = await periscope(["config", "check", file]);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).toContain(file);
    expect(outcome.stderr.trimEnd().split("\n").length, outcome.stderr).toBeLessThan(15);
    const served = await periscope(["serve", "--config", file, "--dev-user", "ada"]);
    expect([served.code, served.stderr]).toEqual([1, expect.stringMatching(message)]);
  });

  it("that is not there is refused", async () => {
    const outcome = await periscope(["config", "check", folder.at("nothing.yaml")]);
    expect([outcome.code, outcome.stderr]).toEqual([1, expect.stringContaining("nothing.yaml")]);
  });

  it("lets nobody in without an identity, and nobody be Kubernetes itself", async () => {
    const file = await folder.write("good.yaml", GOOD);
    const nobody = await periscope(["serve", "--config", file]);
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining("--dev-user")]);
    const system = await periscope(["serve", "--config", file, "--dev-user", "system:admin"]);
    expect([system.code, system.stderr]).toEqual([1, expect.stringContaining("system:")]);
    const group = ["--dev-user", "ada", "--dev-group", "system:masters"];
    expect((await periscope(["serve", "--config", file, ...group])).code).toBe(1);
    const wide = ["--dev-user", "ada", "--listen", "0.0.0.0:0"];
    const open = await periscope(["serve", "--config", file, ...wide]);
    expect([open.code, open.stderr]).toEqual([1, expect.stringMatching(/loopback/)]);
  });
});

function bomb(): string {
  const levels = Array.from(
    { length: 12 },
    (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n}, `.repeat(9)}*l${n}]`,
  );
  return `l0: &l0 [x]\n${levels.join("\n")}\n${"clusters: *l12\n"}`;
}

describe("a kubeconfig", () => {
  const world = useWorld();

  it.each<[string, string]>([
    ["no YAML", "clusters: [\n"],
    ["nothing", ""],
    ["no context", '{"apiVersion":"v1","kind":"Config","clusters":[],"users":[],"contexts":[]}'],
    ["another kind", "just some text\n"],
  ])("that is %s ends the server with a reason", async (_, text) => {
    const folder = await Folder.make("kubeconfig");
    const file = await folder.write("kubeconfig", text);
    const outcome = await periscope(["serve", "--kubeconfig", file, "--listen", "127.0.0.1:0"]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(file);
    await folder.remove();
  });

  it("with a broken context serves the others", async () => {
    const good = (await readTargets(world().admin)).find(({ name }) => name === "edge") as Target;
    const config = kubeconfig([good]);
    const broken = ["no-cluster", "no-user", "no-file", "plug-in"];
    config.contexts.push(
      { name: "no-cluster", context: { cluster: "nowhere", user: "edge" } },
      { name: "no-user", context: { cluster: "edge", user: "nobody" } },
      { name: "no-file", context: { cluster: "edge", user: "no-file" } },
      { name: "plug-in", context: { cluster: "edge", user: "plug-in" } },
    );
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "no-such-program-at-all",
      interactiveMode: "Never",
    };
    config.users.push(
      {
        name: "no-file",
        user: { "client-certificate": "/nowhere/cert", "client-key": "/nowhere/key" } as object,
      },
      { name: "plug-in", user: { exec } as object },
    );
    const served = await Periscope.local(config);
    try {
      expect(await served.api.json(["session"])).toMatchObject({ mode: "local" });
      const places = await served.api.places("configmaps", { cluster: "edge" });
      expect(places.length).toBeGreaterThan(5);
      await eventually("each says what is wrong", async (saw) => {
        const { clusters } = saw(await served.api.json<{ clusters: Cluster[] }>(["clusters"]));
        expect(clusters.map(({ id }) => id)).toEqual(["edge", ...broken]);
        for (const id of broken) {
          const state = clusters.find((cluster) => cluster.id === id)?.state;
          expect(state?.phase, id).toBe("unreachable");
          expect(state?.reason, id).toBeTruthy();
        }
      });
    } finally {
      await served.stop();
    }
  });
});
