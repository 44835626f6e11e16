import { describe, expect, it } from "vitest";
import { parseEscapes, plainText } from "./escapes";

const E = "\u001b";

describe("escape sequences in a line", () => {
  it("leaves ordinary text alone", () => {
    const text = "GET /v1/orders 200 [31m is no colour";
    expect(parseEscapes(text)).toEqual([{ text, style: null }]);
    expect(plainText(text)).toBe(text);
  });

  it("turns colours and weights into styles", () => {
    expect(parseEscapes(`a${E}[31mred${E}[1;4m both${E}[39;22m line${E}[0m end`)).toEqual([
      { text: "a", style: null },
      { text: "red", style: { fg: 1 } },
      { text: " both", style: { fg: 1, bold: true, underline: true } },
      { text: " line", style: { underline: true } },
      { text: " end", style: null },
    ]);
    expect(parseEscapes(`${E}[mx`)).toEqual([{ text: "x", style: null }]);
    expect(parseEscapes(`${E}[97mx`)).toEqual([{ text: "x", style: { fg: 15 } }]);
    expect(parseEscapes(`${E}[38;5;9;1mx`)).toEqual([{ text: "x", style: { fg: 9, bold: true } }]);
    expect(parseEscapes(`${E}[38;5;200mx${E}[38;2;1;2;3;1my`)).toEqual([
      { text: "x", style: null },
      { text: "y", style: { bold: true } },
    ]);
  });

  it.each([
    ["cursor up", `a${E}[2Ab`],
    ["erase line", `a${E}[2Kb`],
    ["clear screen", `a${E}[2J${E}[Hb`],
    ["alternate screen", `a${E}[?1049hb`],
    ["scroll region", `a${E}[1;3rb`],
    ["device attributes", `a${E}[cb`],
    ["report", `a${E}[6nb`],
    ["soft reset", `a${E}[!pb`],
    ["reset", `a${E}cb`],
    ["save and restore", `a${E}7${E}8b`],
    ["charset", `a${E}(0b`],
    ["line drawing", `a${E}#8b`],
    ["eight-bit CSI", `a\u009b2Jb`],
    ["unfinished at the end", `ab${E}[12;`],
    ["unfinished escape at the end", `ab${E}`],
    ["window title reported", `a${E}[21tb`],
  ])("takes out %s", (_, text) => {
    expect(plainText(text)).toBe("ab");
    expect(
      parseEscapes(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe("ab");
  });

  it.each([
    ["a title", `a${E}]0;pwned\u0007b`, "OSC 0"],
    ["a title ended by ST", `a${E}]2;pwned${E}\\b`, "OSC 2"],
    ["an unfinished title", `a${E}]0;pwned`, "OSC 0"],
    ["a device string", `a${E}P$q"p${E}\\b`, "DCS"],
    ["the clipboard", `a${E}]52;c;cm0gLXJmIC8=\u0007b`, "OSC 52"],
    ["a program's string", `a${E}_Gf=100;AAAA${E}\\b`, "APC"],
    ["a private message", `a${E}^x${E}\\b`, "PM"],
    ["an eight-bit title", "a\u009d0;pwned\u009cb", "OSC 0"],
    ["an image of iTerm", `a${E}]1337;File=inline=1:AAAA\u0007b`, "OSC 1337"],
  ])("marks where %s was", (_, text, name) => {
    const pieces = parseEscapes(text);
    expect(pieces.filter((piece) => piece.removed).map((piece) => piece.text)).toEqual([name]);
    expect(plainText(text)).toBe(text.endsWith("b") ? "ab" : "a");
    expect(pieces.some((piece) => piece.text.includes("pwned"))).toBe(false);
  });

  it("keeps the text of a link, not where it leads", () => {
    const text = `see ${E}]8;;javascript:alert(1)${E}\\here${E}]8;;${E}\\.`;
    expect(plainText(text)).toBe("see here.");
    expect(parseEscapes(text).filter((piece) => piece.removed)).toHaveLength(2);
  });

  it("goes on after a string that another sequence interrupts", () =>
    expect(plainText(`a${E}]0;half${E}[31mb`)).toBe("ab"));

  it("is bounded, and loses no text", () => {
    const text = Array.from({ length: 5_000 }, (_, at) => `${E}[3${at % 8}m${at % 10}`).join("");
    const pieces = parseEscapes(text);
    expect(pieces.length).toBeLessThan(500);
    expect(pieces.map((piece) => piece.text).join("")).toBe(plainText(text));
  });

  it("is linear in what it reads", () => {
    for (const hostile of [
      `${E}]`.repeat(8_000),
      `${E}[`.repeat(8_000),
      `${E}[${";".repeat(16_000)}`,
      "\u009d".repeat(16_000),
    ]) {
      const began = performance.now();
      plainText(hostile);
      parseEscapes(hostile);
      expect(performance.now() - began).toBeLessThan(500);
    }
  });
});
