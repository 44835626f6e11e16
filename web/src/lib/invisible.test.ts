import { describe, expect, it } from "vitest";
import { splitInvisible } from "./invisible";

describe("invisible characters", () => {
  it("leaves ordinary text whole", () => {
    expect(splitInvisible("über-api\n\tx")).toEqual([{ text: "über-api\n\tx", invisible: false }]);
    expect(splitInvisible("")).toEqual([{ text: "", invisible: false }]);
  });
  it("names bidirectional and zero-width characters", () => {
    expect(splitInvisible("a\u202eb\u200b")).toEqual([
      { text: "a", invisible: false },
      { text: "U+202E", invisible: true },
      { text: "b", invisible: false },
      { text: "U+200B", invisible: true },
    ]);
  });
  it("sees tags beyond the basic plane and carriage returns", () => {
    expect(splitInvisible("\u{e0041}\r").map((part) => part.text)).toEqual(["U+E0041", "U+000D"]);
  });
});
