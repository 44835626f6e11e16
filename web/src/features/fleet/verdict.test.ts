import { describe, expect, it } from "vitest";
import type { FleetCluster, Signal, State } from "@/api/contract";
import { fleetVerdict, groupClusters } from "./verdict";

const cluster = (
  id: string,
  phase: State["phase"] = "live",
  environment: FleetCluster["cluster"]["environment"] = "production",
): FleetCluster => ({
  cluster: { id, name: id, environment, connection: "kubeconfig", state: { phase, since: "" } },
  health: { tone: "ok", sentence: "healthy" },
  signals: 0,
  gaps: [],
});
const signal: Signal = {
  cluster: "a",
  weight: 1,
  tone: "danger",
  code: "CrashLoopBackOff",
  sentence: "crash looping",
  object: { cluster: "a", kind: "pods", name: "api" },
  count: 1,
};

describe("the verdict over the fleet", () => {
  it("says what needs somebody, and where", () => {
    expect(fleetVerdict({ clusters: [cluster("a")], signals: [signal], signalsTotal: 1 })).toEqual({
      tone: "danger",
      title: "One thing needs you now",
      sentence: "api in a: crash looping",
    });
  });
  it("is calm only when everything was seen", () => {
    expect(fleetVerdict({ clusters: [cluster("a")], signals: [], signalsTotal: 0 }).tone).toBe("ok");
    const blind = fleetVerdict({
      clusters: [cluster("a"), cluster("b", "unreachable")],
      signals: [],
      signalsTotal: 0,
    });
    expect(blind).toEqual({
      tone: "unknown",
      title: "Nothing seen that needs you",
      sentence: "b cannot be seen",
    });
  });
  it("claims nothing where nothing may be seen", () => {
    const hidden = {
      ...cluster("a"),
      health: { tone: "unknown" as const, sentence: "nothing of it may be seen" },
    };
    expect(fleetVerdict({ clusters: [hidden], signals: [], signalsTotal: 0 })).toEqual({
      tone: "unknown",
      title: "Not known what needs you",
      sentence: "a cannot be seen",
    });
  });
  it("counts all signals, not only those in the list", () => {
    expect(fleetVerdict({ clusters: [cluster("a")], signals: [signal], signalsTotal: 41 }).title).toBe(
      "41 things need you now",
    );
  });
});

it("groups by environment, production first, and finds by any word", () => {
  const all = [cluster("s", "live", "staging"), cluster("p"), cluster("q", "stale")];
  expect(groupClusters(all, "").map(({ environment, clusters }) => [environment, clusters.length])).toEqual([
    ["production", 2],
    ["staging", 1],
  ]);
  expect(
    groupClusters(all, "STALE").flatMap(({ clusters }) => clusters.map((each) => each.cluster.id)),
  ).toEqual(["q"]);
});
