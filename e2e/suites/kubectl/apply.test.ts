import { beforeAll, expect, it } from "vitest";
import { onBoth } from "../../lib/both";
import { FEW } from "../../lib/control-plane";
import { manifest, type Deployment } from "../../lib/deployment";

onBoth("kubectl apply and patch", { controllers: FEW }, (cluster) => {
  const raw = () => cluster().kubectl();
  const kubectl = async (args: string[], input?: string) =>
    (await raw()).out(["--namespace", "applied", ...args], input === undefined ? {} : { input });
  const refusal = async (args: string[], input?: string) =>
    (await raw()).refusal(["--namespace", "applied", ...args], input === undefined ? {} : { input });
  const get = async () => JSON.parse(await kubectl(["get", "deployment/web", "-o", "json"])) as Deployment;
  beforeAll(async () => void (await (await raw()).out(["create", "namespace", "applied"])));

  it("creates, sees that nothing changed, changes", async () => {
    expect(await kubectl(["apply", "-f", "-"], manifest("web:1"))).toBe("deployment.apps/web created\n");
    expect(await kubectl(["apply", "-f", "-"], manifest("web:1"))).toBe("deployment.apps/web unchanged\n");
    expect(await kubectl(["diff", "-f", "-"], manifest("web:1"))).toBe("");
    expect(await kubectl(["apply", "-f", "-"], manifest("web:2"))).toBe("deployment.apps/web configured\n");
    expect((await get()).spec.template.spec.containers[0]?.image).toBe("web:2");
  });

  it("leaves alone what others set, and removes what it no longer says", async () => {
    const patch = {
      spec: { template: { spec: { containers: [{ name: "web", env: [{ name: "A", value: "b" }] }] } } },
    };
    await kubectl(["patch", "deployment/web", "--patch", JSON.stringify(patch)]);
    const labelled = JSON.parse(manifest("web:2")) as Deployment;
    labelled.metadata.labels = { team: "shop" };
    await kubectl(["apply", "-f", "-"], JSON.stringify(labelled));
    expect((await get()).metadata.labels).toEqual({ team: "shop" });
    await kubectl(["apply", "-f", "-"], manifest("web:3"));
    const after = await get();
    expect(after.metadata.labels).toBeUndefined();
    expect(after.spec.template.spec.containers[0]).toMatchObject({ image: "web:3", env: [{ name: "A" }] });
  });

  it("knows field managers on the server's side", async () => {
    const force = ["apply", "--server-side", "--force-conflicts", "-f", "-"];
    expect(await kubectl(force, manifest("web:4"))).toBe("deployment.apps/web serverside-applied\n");
    const other = ["apply", "--server-side", "--field-manager", "other", "-f", "-"];
    const conflict = await refusal(other, manifest("web:5"));
    expect(conflict).toMatch(/Apply failed with \d conflicts?: conflicts? with "kubectl/);
    expect(conflict).toContain('.spec.template.spec.containers[name="web"].image');
    expect((await get()).spec.template.spec.containers[0]?.image).toBe("web:4");
  });

  it("refuses what is not valid and what is stale", async () => {
    const wrong = manifest("web:1").replace('"app":"web"}},"spec"', '"app":"other"}},"spec"');
    expect(await refusal(["create", "-f", "-"], wrong)).toMatch(
      /The Deployment "web" is invalid|AlreadyExists/,
    );
    const stale = { ...(await get()) };
    await kubectl(["annotate", "deployment/web", "touched=yes"]);
    expect(await refusal(["replace", "-f", "-"], JSON.stringify(stale))).toContain(
      "the object has been modified",
    );
  });

  it("patches in three ways", async () => {
    await kubectl([
      "patch",
      "deployment/web",
      "--type",
      "merge",
      "--patch",
      '{"metadata":{"labels":{"a":"b"}}}',
    ]);
    await kubectl([
      ...["patch", "deployment/web", "--type", "json"],
      ...[
        "--patch",
        '[{"op":"replace","path":"/spec/replicas","value":2},{"op":"remove","path":"/metadata/labels/a"}]',
      ],
    ]);
    const two = { spec: { template: { spec: { containers: [{ name: "web", image: "web:2" }] } } } };
    await kubectl(["patch", "deployment/web", "--type", "strategic", "--patch", JSON.stringify(two)]);
    const after = await get();
    expect(after.metadata.labels).toBeUndefined();
    expect(after.spec.replicas).toBe(2);
    // The list of containers was merged by name, not replaced: the port is still there.
    expect(after.spec.template.spec.containers).toMatchObject([
      { image: "web:2", ports: [{ containerPort: 8080 }] },
    ]);
    const wrong = [
      "patch",
      "deployment/web",
      "--type",
      "json",
      "--patch",
      '[{"op":"remove","path":"/spec/nothing"}]',
    ];
    expect(await refusal(wrong)).toMatch(/invalid|nonexistent/);
  });
});
