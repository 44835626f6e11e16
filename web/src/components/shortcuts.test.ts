import { describe, expect, it } from "vitest";
import { isShortcut } from "./shortcuts";

/** An element that matches every selector which names `what`. */
const inside = (what: string) => ({
  closest: (selector: string) => selector.split(", ").includes(what) || null,
});
const PAGE = { closest: () => null };

describe("which keys are shortcuts", () => {
  it.each(["j", "/", "?", "Enter", "Escape", " ", "ArrowDown"])("%s on the page", (key) => {
    expect(isShortcut(key, PAGE, true)).toBe(true);
  });
  it.each(["j", "Enter", "Escape"])("%s is not while somebody types", (key) => {
    expect(isShortcut(key, inside("textarea"), true)).toBe(false);
    expect(isShortcut(key, inside("dialog[open]"), true)).toBe(false);
  });
  it("Enter and space belong to the button that has the focus", () => {
    expect(isShortcut("Enter", inside("button"), true)).toBe(false);
    expect(isShortcut(" ", inside("a"), true)).toBe(false);
    expect(isShortcut("Escape", inside("button"), true)).toBe(true);
  });
  it("arrows belong to tabs", () => expect(isShortcut("ArrowRight", inside("[role=tab]"), true)).toBe(false));
  it("only letters and signs can be switched off", () => {
    expect(isShortcut("j", PAGE, false)).toBe(false);
    expect(isShortcut("ArrowDown", PAGE, false)).toBe(true);
  });
});
