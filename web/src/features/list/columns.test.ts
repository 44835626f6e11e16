import { describe, expect, it } from "vitest";
import type { Column } from "@/api/contract";
import { allColumns, chooseColumns, defaultWidths, fitColumns, gridTemplate } from "./columns";
import { moveColumn } from "./columns-menu";

const column = (id: string, type: Column["type"], priority = 0): Column => ({
  id,
  title: id,
  type,
  priority,
  sortable: true,
});
const SERVER = [
  column("status", "status"),
  column("ready", "ready"),
  column("node", "kindref"),
  column("age", "age"),
  column("ip", "text", 1),
];
const ids = (columns: { id: string }[]) => columns.map(({ id }) => id);

describe("columns", () => {
  it("begin with what every row has", () => {
    expect(ids(allColumns(SERVER, true, true)).slice(0, 3)).toEqual(["cluster", "name", "namespace"]);
    expect(ids(allColumns(SERVER, false, false)).slice(0, 2)).toEqual(["name", "status"]);
  });
  it("show the server's first choice until somebody chooses", () => {
    const all = allColumns(SERVER, false, true);
    expect(ids(chooseColumns(all, [], {}))).toEqual(["name", "namespace", "status", "ready", "node", "age"]);
    expect(ids(chooseColumns(all, ["age", "ip", "gone"], {}))).toEqual(["name", "age", "ip"]);
  });
  it("leave out from the right what does not fit, never what tells how a row is", () => {
    const shown = chooseColumns(allColumns(SERVER, false, true), [], {});
    expect(ids(fitColumns(shown, 2_000))).toContain("node");
    expect(ids(fitColumns(shown, 500))).toEqual(["name", "namespace", "status", "ready", "age"]);
  });
  it("give dates more room than ages", () => {
    expect(defaultWidths(SERVER, "pods", "relative")).toEqual({});
    expect(defaultWidths(SERVER, "nodes", "utc")).toEqual({ roles: 84, version: 164, age: 164 });
  });
  it("keep a chosen width", () => {
    const shown = chooseColumns(allColumns(SERVER, false, false), ["name", "age"], { age: 99 });
    expect(gridTemplate(shown)).toBe("minmax(220px, 2.2fr) 99px");
  });
  it("move one place and stop at the ends", () => {
    expect(moveColumn(["a", "b", "c"], "b", 1)).toEqual(["a", "c", "b"]);
    expect(moveColumn(["a", "b"], "a", -1)).toEqual(["a", "b"]);
  });
});
