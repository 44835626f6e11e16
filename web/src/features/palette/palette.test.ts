import { describe, expect, it } from "vitest";
import type { Cluster, Kind } from "@/api/contract";
import { paletteEntries, type PaletteWorld } from "./entries";
import { findKinds, parseCommand } from "./grammar";

const kind = (id: string, name: string, shortNames: string[] = [], custom = false): Kind => {
  const [resource = "", ...group] = id.split(".");
  return {
    id,
    group: group.join("."),
    version: "v1",
    kind: name,
    resource,
    singular: name.toLowerCase(),
    shortNames,
    categories: [],
    namespaced: name !== "Node",
    verbs: [],
    custom,
    served: "rows",
  };
};
const KINDS = [
  kind("pods", "Pod", ["po"]),
  kind("poddisruptionbudgets.policy", "PodDisruptionBudget", ["pdb"]),
  kind("podmonitors.coreos.com", "PodMonitor", ["pmon"], true),
  kind("nodes", "Node", ["no"]),
];
const cluster = (id: string): Cluster => ({
  id,
  name: id,
  environment: "staging",
  connection: "kubeconfig",
  state: { phase: "live", since: "" },
});
const WORLD: PaletteWorld = {
  clusters: [cluster("prod-eu"), cluster("staging")],
  kinds: KINDS,
  namespaces: [{ name: "payments", phase: "Active", pods: 4 }],
  place: { page: "list", cluster: "prod-eu", kind: "pods" },
};
const hrefs = (text: string) => paletteEntries(text, WORLD, undefined).map(({ href }) => href);

describe("the grammar", () => {
  it("takes kind, namespaces, filter, labels and cluster", () => {
    expect(parseCommand(":po payments /api app=web @staging")).toEqual({
      word: "po",
      namespaces: ["payments"],
      filter: "api label:app=web",
      cluster: "staging",
      complete: true,
    });
  });
  it("leaves a plain text alone", () => expect(parseCommand("pods")).toBeNull());
  it("finds kinds by short name first, then by beginning, custom ones last", () => {
    expect(findKinds(KINDS, "po").map(({ id }) => id)).toEqual([
      "pods",
      "poddisruptionbudgets.policy",
      "podmonitors.coreos.com",
    ]);
    expect(findKinds(KINDS, "pdb").map(({ id }) => id)).toEqual(["poddisruptionbudgets.policy"]);
  });
});

describe("what the palette offers", () => {
  it("goes to a kind where one is", () =>
    expect(hrefs(":pods payments")[0]).toBe("/c/prod-eu/pods?ns=payments"));
  it("understands a kind and a namespace without the colon", () =>
    expect(hrefs("po payments")[0]).toBe("/c/prod-eu/pods?ns=payments"));
  it("changes the cluster", () => expect(hrefs(":ctx stag")[0]).toBe("/c/staging"));
  it("completes half a namespace", () =>
    expect(hrefs(":pods pay /x")).toEqual(["/c/prod-eu/pods?ns=payments&filter=x"]));
  it("goes to another cluster when told", () =>
    expect(hrefs(":po /api @stag")[0]).toBe("/c/staging/pods?filter=api"));
  it("gives no namespace to what has none", () => expect(hrefs(":no payments")[0]).toBe("/c/prod-eu/nodes"));
  it("finds clusters and namespaces by name", () => {
    expect(hrefs("stag")).toContain("/c/staging");
    expect(hrefs("paym")).toContain("/c/prod-eu/pods?ns=payments");
  });
  it("asks the record, and leaves its filter as it is", () => {
    expect(hrefs(":audit user:bob outcome:denied")[0]).toBe("/audit?filter=user:bob%20outcome:denied");
    expect(hrefs(":aud")).toContain("/audit");
    expect(hrefs("audit")).toContain("/audit");
    expect(hrefs(":pods audit")).not.toContain("/audit");
  });
  it("links an object to its list with its pane open", () => {
    const search = {
      hits: [
        {
          object: { cluster: "edge", kind: "pods", namespace: "web", name: "api-1" },
          tone: "ok" as const,
          status: "Running",
        },
      ],
      gaps: [],
      clusters: [],
    };
    expect(paletteEntries("api", WORLD, search).at(-1)?.href).toBe("/c/edge/pods?open=edge/web/api-1");
  });
});
