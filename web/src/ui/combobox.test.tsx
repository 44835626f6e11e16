// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Combobox } from "./combobox";

const OPTIONS = [{ value: "s3:GetObject", note: "Read" }, { value: "s3:GetObjectAcl" }];

function show(more: { free?: boolean; value?: string } = {}) {
  const onCommit = vi.fn();
  render(
    <Combobox
      label="Action"
      value=""
      onText={() => undefined}
      onCommit={onCommit}
      options={OPTIONS}
      {...more}
    />,
  );
  const input = screen.getByRole<HTMLInputElement>("combobox");
  return { onCommit, input, type: (value: string) => fireEvent.change(input, { target: { value } }) };
}
const press = (input: HTMLElement, ...keys: string[]) => {
  for (const key of keys) fireEvent.keyDown(input, { key });
};

describe("a field with completions", () => {
  afterEach(cleanup);

  it("takes what was typed by Enter, and what the arrows chose", () => {
    const { onCommit, input, type } = show();
    type("iam:*");
    press(input, "Enter");
    expect(onCommit).toHaveBeenLastCalledWith("iam:*");
    type("s3:get");
    press(input, "ArrowDown", "ArrowDown");
    expect(input.getAttribute("aria-activedescendant")).toBe(
      screen.getByRole("option", { name: /GetObjectAcl/ }).id,
    );
    press(input, "Enter");
    expect(onCommit).toHaveBeenLastCalledWith("s3:GetObjectAcl");
    expect(screen.queryByRole("listbox")).toBeNull();
  });

  it("goes back to the text from the first completion, and to the asked value by Escape", () => {
    const { onCommit, input, type } = show({ value: "kms:Decrypt" });
    type("s3:get");
    press(input, "ArrowDown", "ArrowUp");
    expect(input.getAttribute("aria-activedescendant")).toBeNull();
    press(input, "Escape");
    expect(screen.queryByRole("listbox")).toBeNull();
    press(input, "Escape");
    expect(input.value).toBe("kms:Decrypt");
    expect(onCommit).not.toHaveBeenCalled();
  });

  it("takes by pointer before the field loses the focus", () => {
    const { onCommit, type } = show();
    type("s3");
    fireEvent.pointerDown(screen.getByRole("option", { name: /Read/ }));
    expect(onCommit).toHaveBeenCalledExactlyOnceWith("s3:GetObject");
  });

  it("takes only completions where the text itself is no answer", () => {
    const { onCommit, input, type } = show({ free: false });
    type("s3");
    fireEvent.blur(input);
    expect(onCommit).not.toHaveBeenCalled();
    press(input, "ArrowDown", "Enter");
    expect(onCommit).toHaveBeenCalledExactlyOnceWith("s3:GetObject");
    expect(input.value).toBe("");
  });
});
