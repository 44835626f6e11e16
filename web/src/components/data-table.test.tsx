// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DataTable, type DataColumn } from "./data-table";

interface Row {
  name: string;
  pods: number;
}
const ROWS: Row[] = [
  { name: "worker", pods: 2 },
  { name: "api", pods: 10 },
  { name: "web", pods: 1 },
];
const COLUMNS: DataColumn<Row>[] = [
  { id: "name", title: "Name", sortBy: ({ name }) => name, cell: ({ name }) => name },
  { id: "pods", title: "Pods", sortBy: ({ pods }) => pods, cell: ({ pods }) => pods },
  { id: "note", title: "Note", cell: () => "" },
];

let opened: string[];
const scroll = vi.fn();

function Table({ sortable = true, first = "", sort: asked = "" }) {
  const [sort, setSort] = useState(asked);
  const [open, setOpen] = useState(first);
  return (
    <>
      <p>{sort}</p>
      <DataTable
        label="rows"
        columns={COLUMNS}
        groups={[{ id: "all", rows: ROWS }]}
        keyOf={({ name }) => name}
        open={open}
        onOpen={({ name }) => {
          opened.push(name);
          setOpen(name);
        }}
        onClose={() => setOpen("")}
        sort={sort}
        onSort={sortable ? setSort : undefined}
      />
    </>
  );
}

const names = () =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => row.querySelector("td")?.textContent);
const press = (key: string) => fireEvent.keyDown(document.body, { key });

beforeEach(() => {
  opened = [];
  scroll.mockClear();
  Element.prototype.scrollIntoView = scroll;
});
afterEach(cleanup);

describe("a table", () => {
  it("is sorted by its titles: ascending, descending, as it came", () => {
    render(<Table />);
    const pods = screen.getByRole("button", { name: "Pods" });
    fireEvent.click(pods);
    expect(names()).toEqual(["web", "worker", "api"]);
    expect(pods.closest("th")?.getAttribute("aria-sort")).toBe("ascending");
    fireEvent.click(pods);
    expect(names()).toEqual(["api", "worker", "web"]);
    expect(screen.getByText("-pods")).toBeTruthy();
    fireEvent.click(pods);
    expect(names()).toEqual(["worker", "api", "web"]);
    expect(screen.queryByRole("button", { name: "Note" })).toBeNull();
  });

  it("cannot be sorted while rows are missing, whatever the address says", () => {
    render(<Table sortable={false} sort="name" />);
    expect(screen.queryByRole("button", { name: "Pods" })).toBeNull();
    expect(names()).toEqual(["worker", "api", "web"]);
  });

  it("is walked in the order that is seen, from the row that is open", () => {
    render(<Table sort="name" first="web" />);
    press("j");
    expect(opened).toEqual(["worker"]);
    press("k");
    press("k");
    expect(opened).toEqual(["worker", "web", "api"]);
  });

  it("takes nobody back to the row that is looked at when only something else is new", () => {
    const { rerender } = render(<Table />);
    press("j");
    expect(scroll).toHaveBeenCalledTimes(1);
    rerender(<Table />);
    expect(scroll).toHaveBeenCalledTimes(1);
    press("j");
    expect(scroll).toHaveBeenCalledTimes(2);
  });
});
