import { describe, expect, it } from "vitest";
import type { ListWindow } from "../../lib/contract";
import type { Subject } from "../../lib/subject";

const WIDGETS = "widgets.e2e.periscope.dev";
const GADGETS = "gadgets.e2e.periscope.dev";

export function customScenarios(subject: () => Subject): void {
  const list = async (kind: string, query: Record<string, string | number> = {}): Promise<ListWindow> => {
    const api = await subject().as("admin");
    return api.list(kind, { cluster: subject().cluster, ...query });
  };
  const names = ({ rows }: ListWindow) => rows.map(({ name }) => name);

  describe("custom resources", () => {
    it("have the columns that their definition prints", async () => {
      const { columns } = await list(WIDGETS);
      const shown = columns.filter(({ title }) => ["Size", "Colour", "Ready", "Note", "Age"].includes(title));
      expect(shown.map(({ title, type, priority }) => ({ title, type, priority }))).toEqual([
        { title: "Size", type: "number", priority: 0 },
        { title: "Colour", type: "text", priority: 0 },
        { title: "Ready", type: "text", priority: 0 },
        { title: "Note", type: "text", priority: 1 },
        { title: "Age", type: "age", priority: 0 },
      ]);
      expect(columns.find(({ title }) => title === "Colour")?.description).toBe("What it looks like.");
    });

    it("have values in them, and none where there is none", async () => {
      const window = await list(WIDGETS, { namespace: "scene-a", sort: "name" });
      const at = (title: string) => window.columns.findIndex((column) => column.title === title);
      const cells = (name: string) => window.rows.find((row) => row.name === name)?.cells ?? [];
      expect(cells("ten")[at("Size")]).toBe(10);
      expect(cells("ten")[at("Colour")]).toBe("green");
      expect(cells("two")[at("Note")]).toBe("the smallest");
      expect(cells("bare")[at("Size")]).toBeNull();
      const age = cells("ten")[at("Age")];
      expect(age).toBeTypeOf("number");
      expect(Math.abs(Number(age) - Date.now() / 1000)).toBeLessThan(3600);
    });

    it("sort by number, in both directions, with nothing at the end", async () => {
      const id = (await list(WIDGETS)).columns.find(({ title }) => title === "Size")?.id ?? "";
      const query = { namespace: "scene-a" };
      expect(names(await list(WIDGETS, { ...query, sort: id, filter: "!bare" }))).toEqual([
        "two",
        "ten",
        "thousand",
      ]);
      expect(names(await list(WIDGETS, { ...query, sort: `-${id}`, filter: "!bare" }))).toEqual([
        "thousand",
        "ten",
        "two",
      ]);
      const load = (await list(GADGETS)).columns.find(({ title }) => title === "Load")?.id ?? "";
      expect(names(await list(GADGETS, { sort: load }))).toEqual(["half", "three", "dozen"]);
    });

    it("are filtered by text, label and namespace", async () => {
      expect(names(await list(WIDGETS, { filter: "label:kind=large", sort: "name" }))).toEqual([
        "ten",
        "thousand",
      ]);
      expect(names(await list(WIDGETS, { filter: "t", namespace: "scene-b" }))).toEqual([]);
      expect(names(await list(GADGETS, { filter: "!half", sort: "name" }))).toEqual(["dozen", "three"]);
    });
  });
}
