import { describe, expect, it } from "vitest";
import { nextSort, sortRows, type SortKey } from "./sort";

describe("a click on a heading", () => {
  it("goes ascending, descending, none", () => {
    expect(nextSort("", "age", false)).toBe("age");
    expect(nextSort("age", "age", false)).toBe("-age");
    expect(nextSort("-age", "age", false)).toBe("");
  });
  it("replaces, or adds with shift", () => {
    expect(nextSort("-age", "name", false)).toBe("name");
    expect(nextSort("-age", "name", true)).toBe("-age,name");
  });
});

describe("rows in an order", () => {
  interface Row {
    name: string;
    pods: number | null;
  }
  const rows: Row[] = [
    { name: "c", pods: 2 },
    { name: "a", pods: null },
    { name: "b", pods: 10 },
    { name: "d", pods: 2 },
  ];
  const keys: Record<string, (row: Row) => SortKey> = { name: ({ name }) => name, pods: ({ pods }) => pods };
  const sorted = (sort: string) =>
    sortRows(rows, sort, (id) => keys[id])
      .map(({ name }) => name)
      .join("");

  it("compares numbers as numbers, and keeps what is alike as it stood", () => {
    expect(sorted("pods")).toBe("cdba");
    expect(sorted("pods,-name")).toBe("dcba");
  });
  it("puts what has nothing to compare last in either direction", () => {
    expect(sorted("-pods")).toBe("bcda");
  });
  it("leaves the order alone without a column that it knows", () => {
    expect(sorted("")).toBe("cabd");
    expect(sorted("gone")).toBe("cabd");
  });
});
