import { describe, expect, it } from "vitest";
import { useWorld } from "../../lib/world";

const world = useWorld();

const NAMESPACE = ["--namespace", "payments"];

/** A running pod of the Deployment `api`. */
async function pod(): Promise<string> {
  const names = await world()
    .kubectl("prod-eu")
    .out(["get", "pods", ...NAMESPACE, "-o", "name", "-l", "app.kubernetes.io/name=api"]);
  return names.split("\n")[0] ?? "";
}

describe("kubectl looks into containers of the demo world", () => {
  it("reads logs: the last lines, with times, since a while, of a workload", async () => {
    const kubectl = world().kubectl("prod-eu");
    const name = await pod();
    const lines = (await kubectl.out(["logs", ...NAMESPACE, name, "--tail", "5"])).trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    const [stamped = ""] = (
      await kubectl.out(["logs", ...NAMESPACE, name, "--tail", "1", "--timestamps"])
    ).split("\n");
    expect(stamped).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z /);
    const [since, all] = await Promise.all([
      kubectl.out(["logs", ...NAMESPACE, name, "--since", "1m"]),
      kubectl.out(["logs", ...NAMESPACE, name]),
    ]);
    expect(all.length).toBeGreaterThan(since.length);
    expect(await kubectl.out(["logs", ...NAMESPACE, "deployment/api", "--tail", "1"])).not.toBe("");
  });

  it("follows a log", async () => {
    const log = world()
      .kubectl("prod-eu")
      .follow(["logs", ...NAMESPACE, await pod(), "--follow", "--tail", "1"]);
    try {
      await log.line(/\n[^\n]+\n/);
    } finally {
      await log.stop();
    }
  });

  it("reads what a container said before it crashed", async () => {
    const kubectl = world().kubectl("staging");
    const pods = await kubectl.out(["get", "pods", ...NAMESPACE, "-o", "name"]);
    const worker = pods.split("\n").find((name) => name.startsWith("pod/worker-")) ?? "";
    expect(await kubectl.out(["logs", ...NAMESPACE, worker, "--previous", "--tail", "3"])).not.toBe("");
    expect(await kubectl.refusal(["logs", ...NAMESPACE, worker, "-c", "nothing"])).toMatch(
      /container nothing is not valid for pod worker-/,
    );
  });

  it("runs a command, with its output, its input and its exit code", async () => {
    const kubectl = world().kubectl("prod-eu");
    const name = await pod();
    const exec = ["exec", ...NAMESPACE, name];
    expect(await kubectl.out([...exec, "--", "hostname"])).toBe(`${name.replace("pod/", "")}\n`);
    const failed = await kubectl.run([...exec, "--", "sh", "-c", "echo before; exit 3"]);
    expect(failed).toMatchObject({ code: 3, stdout: "before\n" });
    const missing = await kubectl.run([...exec, "--", "no-such-program"]);
    expect(missing.code).not.toBe(0);
    const shell = await kubectl.out([...exec, "--stdin", "--", "sh"], {
      input: "echo from a script\nexit\n",
    });
    expect(shell).toContain("from a script");
  });
});
