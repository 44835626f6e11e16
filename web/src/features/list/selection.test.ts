import { expect, it } from "vitest";
import type { Row } from "@/api/contract";
import type { ShownColumn } from "./columns";
import { addRows, copyAsCsv, copyAsKubectl, NOTHING, toggleRow } from "./selection";

const row = (cluster: string, namespace: string | null, name: string, cells: Row["cells"] = []): Row => ({
  id: 1,
  cluster,
  namespace,
  name,
  uid: name,
  tone: "ok",
  cells,
});

it("selects and unselects by what a row is, not by where it is", () => {
  const one = toggleRow(NOTHING, row("a", "x", "n"));
  expect(one.size).toBe(1);
  expect(toggleRow(one, { ...row("a", "x", "n"), id: 99 }).size).toBe(0);
});

it("writes one kubectl line for each cluster and namespace", () => {
  const chosen = addRows(NOTHING, [
    row("a", "x", "p1"),
    row("a", "x", "p2"),
    row("a", "y", "p3"),
    row("b", null, "p4"),
  ]);
  expect(copyAsKubectl(chosen, "pods", (context) => ({ context, as: null })).split("\n")).toEqual([
    "kubectl --context a get pods p1 p2 --namespace x",
    "kubectl --context a get pods p3 --namespace y",
    "kubectl --context b get pods p4",
  ]);
});

it("writes CSV that no spreadsheet executes", () => {
  const columns: ShownColumn[] = [
    { id: "name", title: "Name", type: "name", priority: 0, sortable: true, cell: -2 },
    { id: "note", title: "Note", type: "text", priority: 0, sortable: true, cell: 0 },
    { id: "memory", title: "Memory", type: "bytes", priority: 0, sortable: true, cell: 1 },
    { id: "age", title: "Age", type: "age", priority: 0, sortable: true, cell: 2 },
  ];
  const chosen = addRows(NOTHING, [row("a", "x", "n", ['=HYPERLINK("http://e")', 1024, 86_400])]);
  expect(copyAsCsv(chosen, columns)).toBe(
    `Name,Note,Memory (bytes),Age\r\nn,"'=HYPERLINK(""http://e"")",1024,1970-01-02T00:00:00Z\r\n`,
  );
});
