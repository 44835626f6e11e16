import { expect, it } from "vitest";
import { mergeNamespaces, rankNamespaces } from "./namespaces";

const item = (name: string, pods?: number, failing?: number) => ({
  name,
  phase: "Active",
  ...(pods === undefined ? {} : { pods }),
  ...(failing ? { failing } : {}),
});

it("adds up the pods of one namespace in several clusters", () => {
  expect(mergeNamespaces([[item("web", 3, 1)], undefined, [item("web", 4)], [item("db")]])).toEqual([
    { name: "web", pods: 7, failing: 1 },
    { name: "db", pods: null, failing: 0 },
  ]);
});

it("puts chosen ones first, and the beginning before the middle", () => {
  const all = mergeNamespaces([[item("a"), item("my-web"), item("web"), item("z")]]);
  expect(rankNamespaces(all, "", ["z"]).map(({ name }) => name)).toEqual(["z", "a", "my-web", "web"]);
  expect(rankNamespaces(all, "web", []).map(({ name }) => name)).toEqual(["web", "my-web"]);
});
