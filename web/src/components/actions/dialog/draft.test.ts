import { describe, expect, it } from "vitest";
import { consequence, EMPTY_DRAFT, makeAction, type Draft } from "./draft";
import { addRow, changeRow, pairChange, pairProblems, rowsOf, sizeProblem } from "./pairs";

const made = (id: Parameters<typeof makeAction>[0], draft: Partial<Draft> = {}) =>
  makeAction(id, { ...EMPTY_DRAFT, ...draft });

describe("what somebody chose", () => {
  it("makes the action", () => {
    expect(made("restart").action).toEqual({ type: "restart" });
    expect(made("scale", { replicas: "5" }).action).toEqual({ type: "scale", replicas: 5 });
    expect(made("rollback", { revision: 3 }).action).toEqual({ type: "rollback", revision: 3 });
    expect(made("delete", { grace: "0", propagation: "orphan" }).action).toEqual({
      type: "delete",
      propagation: "orphan",
      gracePeriodSeconds: 0,
    });
    expect(made("drain", { timeout: "600", force: true }).action).toEqual({
      type: "drain",
      timeoutSeconds: 600,
      deleteEmptyDirData: false,
      force: true,
    });
    expect(made("trigger", { name: " by-hand " }).action).toEqual({ type: "trigger", name: "by-hand" });
    expect(made("trigger").action).toEqual({ type: "trigger" });
  });
  it.each([
    ["scale", { replicas: "-1" }, "replicas"],
    ["scale", { replicas: "2.5" }, "replicas"],
    ["scale", { replicas: "3000000000" }, "replicas"],
    ["evict", { grace: "soon" }, "grace"],
    ["drain", { timeout: "21601" }, "timeout"],
    ["drain", { timeout: "0" }, "timeout"],
    ["trigger", { name: "a.b" }, "name"],
    ["trigger", { name: "Not A Name" }, "name"],
  ] as const)("is not taken when it is wrong: %s %o", (id, draft, field) => {
    const { action, problems, missing } = made(id, draft);
    expect(action).toBeNull();
    expect(problems[field]).toBeTruthy();
    expect(missing).toBe(problems[field]);
  });
  it("says what is missing", () => {
    expect(made("scale").missing).toContain("how many");
    expect(made("rollback").missing).toBe("choose a revision");
    expect(made("label", { pairs: rowsOf({ a: "b" }) }).missing).toBe("nothing is changed");
    expect(made("label").missing).toContain("still being read");
    const read = { spec: { replicas: 3 } };
    expect(makeAction("scale", { ...EMPTY_DRAFT, replicas: "3" }, read).missing).toContain("3 already");
  });
});

describe("labels while they are edited", () => {
  const start = rowsOf({ b: "2", a: "1" });
  it("come in order, and change only what was changed", () => {
    expect(start.map(({ key }) => key)).toEqual(["a", "b"]);
    const edited = changeRow(changeRow(start, 0, { value: "9" }), 1, { gone: true });
    expect(pairChange(edited)).toEqual({ set: { a: "9" }, remove: ["b"] });
    expect(pairChange(start)).toEqual({ set: {}, remove: [] });
  });
  it("may get a new key once", () => {
    const added = changeRow(addRow(start, false), 2, { key: "a", value: "x" });
    expect(pairProblems(added, "label").get(2)?.key).toContain("there already");
    expect(pairProblems(changeRow(added, 2, { key: "c" }), "label").size).toBe(0);
  });
  it("hold to Kubernetes' rules, annotations to fewer", () => {
    const odd = changeRow(start, 0, { value: "a b" });
    expect(pairProblems(odd, "label").get(0)?.value).toBeTruthy();
    expect(pairProblems(odd, "annotate").size).toBe(0);
  });
  it("do not judge what the object has already", () =>
    expect(pairProblems(rowsOf({ "odd key": "a b" }), "label").size).toBe(0));
  it("measure annotations together", () => {
    expect(sizeProblem(rowsOf({ a: "x".repeat(256 * 1024) }), "annotate")).toContain("262145 bytes");
    expect(sizeProblem(rowsOf({ a: "x".repeat(1024) }), "annotate")).toBeNull();
  });
});

describe("the consequence in words", () => {
  it("says that scaling to nothing leaves nothing", () =>
    expect(consequence("scale", { ...EMPTY_DRAFT, replicas: "0" }, "deployments.apps", 1)).toContain(
      "Every pod is ended",
    ));
  it("says what becomes of what is owned, where something can be", () => {
    const words = (kind: string, propagation: Draft["propagation"], count = 1) =>
      consequence("delete", { ...EMPTY_DRAFT, propagation }, kind, count);
    expect(words("deployments.apps", "foreground")).toContain("what it owns is deleted first");
    expect(words("deployments.apps", "orphan", 2)).toContain("what they own stays");
    expect(words("configmaps", "background")).toBe("Deleted for good: there is no way back.");
  });
});
