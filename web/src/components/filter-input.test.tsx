// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { createRef } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Problem } from "@/api/contract";
import { FilterInput } from "./filter-input";

const sent: string[] = [];

function input(value: string, problem: Problem | null = null) {
  return (
    <FilterInput
      value={value}
      onChange={change}
      problem={problem}
      input={createRef()}
      onLeave={() => undefined}
      placeholder="filter"
    />
  );
}
const change = (value: string) => void sent.push(value);
const field = () => screen.getByLabelText<HTMLInputElement>("filter");
const type = (text: string) => fireEvent.change(field(), { target: { value: text } });
const pause = () => act(() => vi.advanceTimersByTime(200));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  sent.length = 0;
});

describe("the filter", () => {
  it("reaches the address after a moment, once", () => {
    render(input(""));
    type("a");
    type("ap ");
    expect(sent).toEqual([]);
    pause();
    expect(sent).toEqual(["ap"]);
  });

  it("keeps what was typed while the address was catching up", () => {
    const { rerender } = render(input(""));
    type("ap");
    pause();
    type("api");
    rerender(input("ap"));
    expect(field().value).toBe("api");
  });

  it("follows the address back to what it sent itself before", () => {
    const { rerender } = render(input("x"));
    type("");
    pause();
    rerender(input(""));
    rerender(input("status:failing"));
    expect(field().value).toBe("status:failing");
    rerender(input(""));
    expect(field().value).toBe("");
    pause();
    expect(sent).toEqual([""]);
  });

  it("points at what does not parse", () => {
    const problem: Problem = {
      type: "",
      title: "",
      status: 400,
      detail: "no closing /",
      code: "filter_invalid",
      requestId: "",
      at: [4, 6],
    };
    render(input("api /x", problem));
    expect(screen.getByRole("alert").textContent).toBe("no closing /");
    expect(field().getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByText("/x").className).toContain("decoration-wavy");
    expect(screen.getByText("api").className).not.toContain("decoration-wavy");
  });
});
