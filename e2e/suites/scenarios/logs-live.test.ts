import { describe, expect, it, onTestFinished } from "vitest";
import { Logs } from "../../lib/logs";
import { Periscope } from "../../lib/periscope";
import { afterAll, beforeAll } from "vitest";
import { eventually } from "../../lib/wait";

// The demo world runs containers, so what they write can be followed through their lives.
describe("followed logs, over the demo world", () => {
  let periscope: Periscope;
  beforeAll(async () => {
    periscope = await Periscope.demo();
  });
  afterAll(() => periscope.stop());

  const NAMESPACE = "payments";
  const workload = async (name: string, replicas: number) => {
    const kubectl = periscope.kubectl("edge");
    const where = ["-n", "default"];
    await kubectl.out([
      "create",
      "deployment",
      name,
      ...where,
      "--image",
      "x:1",
      "--replicas",
      String(replicas),
    ]);
    onTestFinished(async () => void (await kubectl.run(["delete", "deployment", name, ...where])));
    return kubectl;
  };
  const follow = async (wanted: Record<string, unknown>) => {
    const logs = await Logs.open(await periscope.as("alice"), {
      ...{ cluster: "edge", namespace: "default", follow: true, kind: "deployments.apps" },
      ...wanted,
    });
    onTestFinished(() => logs.close());
    return logs;
  };
  const pods = (logs: Logs) => [...new Set(logs.lines.map(({ source }) => source?.pod))];

  it("are those of all pods, in the order of time", async () => {
    const logs = await follow({ cluster: "prod-eu", namespace: NAMESPACE, name: "ledger", tail: 50 });
    await logs.until("many lines of many pods", () => logs.lines.length > 200 && pods(logs).length > 5);
    const times = logs.lines.slice(0, 200).map(({ time }) => time);
    expect(times).toEqual([...times].sort());
  });

  it("survive the replacement of pods: those that come are joined, those that go end", async () => {
    const kubectl = await workload("replaced", 1);
    const logs = await follow({ name: "replaced" });
    await logs.until("lines of the first pod", () => pods(logs).length === 1);
    const [first] = pods(logs);
    await kubectl.out(["delete", "pod", first ?? "", "-n", "default", "--grace-period", "1"]);
    await logs.until("lines of another", () => pods(logs).length === 2);
    await logs.until(
      "the first has ended",
      () => logs.sources.find(({ pod }) => pod === first)?.state === "ended",
    );
    // From its very first line.
    const [, second] = pods(logs);
    const lines = logs.lines.filter(({ source }) => source?.pod === second);
    expect(lines[0]?.text).toContain("starting");
    await kubectl.out(["scale", "deployment", "replaced", "-n", "default", "--replicas", "3"]);
    await logs.until("all that came", () => pods(logs).length === 4);
  });

  it("have no line twice and none missing over a second reading", async () => {
    await workload("twice", 1);
    const logs = await follow({ name: "twice" });
    await logs.until("some lines", () => logs.lines.length > 4);
    const since = logs.lines[2]?.time;
    const again = await follow({ name: "twice", sinceTime: since });
    await again.until("the same lines", () => again.lines.length > 3);
    const texts = (each: Logs) => each.lines.map(({ time, text }) => `${time} ${text}`);
    expect(texts(logs)).toEqual([...new Set(texts(logs))]);
    expect(texts(again)).toContain(texts(logs)[3]);
  });

  it("of a container that crashes are read over its restarts, and the run before by itself", async () => {
    const api = await periscope.as("alice");
    const [crashing] = await api.rows("pods", { cluster: "prod-eu", filter: "status:CrashLoopBackOff" });
    const crasher = crashing ?? (await api.rows("pods", { cluster: "prod-eu", filter: "restarts:>5" }))[0];
    if (!crasher) throw new Error("nothing crashes in the world");
    const where = { cluster: "prod-eu", kind: "pods", namespace: crasher.namespace, name: crasher.name };
    const logs = await follow({ ...where, tail: 100 });
    await logs.until("what it wrote before it ended", () => logs.lines.length > 0);
    const before = await follow({ ...where, previous: true });
    await before.until(
      "an end",
      () => before.sources.length > 0 && before.sources.every(({ state }) => state === "ended"),
    );
    expect(before.lines.length).toBeGreaterThan(0);
  });

  it("are as many as asked for", async () => {
    const logs = await follow({
      cluster: "prod-eu",
      namespace: NAMESPACE,
      name: "reconciler",
      tail: 3,
      follow: false,
    });
    await logs.until(
      "the end",
      () => logs.sources.length > 0 && logs.sources.every(({ state }) => state === "ended"),
    );
    await eventually("three of each", () => expect(logs.lines).toHaveLength(3 * logs.sources.length));
  });

  it("are on the record, refused ones as well", async () => {
    const logs = await follow({ name: "nobody-has-this" });
    await logs.until("an answer", () => logs.problem?.code === "not_found");
    const api = await periscope.as("alice");
    const page = await api.json<{ rows: { verb: string; target?: { name?: string } }[] }>(["audit"], {
      verb: "log-open",
    });
    expect(page.rows.map(({ target }) => target?.name)).toContain("nobody-has-this");
  });
});
