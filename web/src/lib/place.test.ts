import { describe, expect, it } from "vitest";
import {
  formatListState,
  listHref,
  objectHref,
  openHref,
  parseListState,
  parsePlace,
  type ListState,
} from "./place";

describe("places", () => {
  it.each([
    ["/", { page: "fleet" }],
    ["/c/prod-eu", { page: "overview", cluster: "prod-eu" }],
    ["/c/prod-eu/deployments.apps", { page: "list", cluster: "prod-eu", kind: "deployments.apps" }],
    ["/fleet/pods", { page: "list", cluster: null, kind: "pods" }],
    ["/c/edge/nodes/_/n1", { page: "object", cluster: "edge", kind: "nodes", namespace: null, name: "n1" }],
    [
      "/c/edge/pods/web/a%2Fb",
      { page: "object", cluster: "edge", kind: "pods", namespace: "web", name: "a/b" },
    ],
    ["/settings", { page: "settings" }],
    ["/c/edge/pods/web", { page: "unknown" }],
    ["/elsewhere", { page: "unknown" }],
  ])("%s", (path, place) => expect(parsePlace(path)).toEqual(place));

  it("survives a broken escape", () =>
    expect(parsePlace("/c/%E0%A4%A")).toEqual({ page: "overview", cluster: "%E0%A4%A" }));
  it("goes there and back with any name", () => {
    const ref = {
      cluster: "a b",
      kind: "clusterroles.rbac.authorization.k8s.io",
      name: "system:node/<x>?&#",
    };
    expect(parsePlace(objectHref(ref))).toEqual({ page: "object", namespace: null, ...ref });
  });
});

describe("the state of a list", () => {
  const state: ListState = {
    clusters: ["a", "b"],
    namespaces: ["payments", "search"],
    filter: 'node:ip-10 !kube-system "a&b=c" /x+/',
    sort: "-age,name",
    columns: ["name", "age"],
    open: { cluster: "a", namespace: "payments", name: "api:1" },
    tab: "yaml",
  };
  it("comes back as it was written", () => expect(parseListState(formatListState(state))).toEqual(state));
  it("is empty when nothing is set", () =>
    expect(listHref("a", "pods", parseListState(""))).toBe("/c/a/pods"));
  it("opens a cluster-scoped object", () => {
    expect(openHref({ cluster: "a", kind: "nodes", name: "n1" }, "yaml")).toBe(
      "/c/a/nodes?open=a/_/n1&tab=yaml",
    );
  });
});
