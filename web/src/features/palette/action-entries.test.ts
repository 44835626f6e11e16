import { expect, it } from "vitest";
import { actionsOf } from "@/components/actions/catalogue";
import type { Subject } from "@/components/actions/store";
import { DEPLOYMENT } from "@/components/actions/testing";
import { actionEntries } from "./action-entries";

const subject: Subject = {
  kind: DEPLOYMENT,
  targets: [{ cluster: "a", kind: "deployments.apps", namespace: "x", name: "api" }],
};
const offers = actionsOf(DEPLOYMENT).map((spec) => ({
  spec,
  disabledReason: spec.id === "delete" ? "you may not" : null,
  pending: false,
}));
const titles = (text: string) => actionEntries(text, subject, offers).map(({ title }) => title);

it("finds an action by its verb, with the object as well", () => {
  expect(titles("restart")).toEqual(["Restart"]);
  expect(titles("scale api")).toEqual(["Scale …"]);
  expect(titles("restart web")).toEqual([]);
});

it("offers some without being asked, none to a command", () => {
  expect(titles("")).toHaveLength(4);
  expect(titles(":restart")).toEqual([]);
  expect(actionEntries("restart", null, offers)).toEqual([]);
});

it("says why one cannot be picked", () =>
  expect(actionEntries("delete", subject, offers)[0]).toMatchObject({
    note: "you may not",
    disabledReason: "you may not",
  }));
