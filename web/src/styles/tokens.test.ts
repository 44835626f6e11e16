import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

type Theme = "light" | "dark";
type Colour = [lightness: number, chroma: number, hue: number];

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

/** Every `--name: light-dark(oklch(…), oklch(…))` of the style sheet. */
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\)/g)].map(
    ([, name, light, dark]) => {
      const colour = (text = "") => text.split(" ").map(Number) as Colour;
      return [name ?? "", { light: colour(light), dark: colour(dark) }];
    },
  ),
);

/** Relative luminance (WCAG 2) of an OKLCH colour, through linear sRGB. */
function luminance([l, c, h]: Colour): number {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const red = clamp(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short);
  const green = clamp(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short);
  const blue = clamp(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string, theme: Theme): number {
  const value = (name: string) => {
    const token = tokens.get(name);
    if (!token) throw new Error(`--${name} is not in tokens.css`);
    return luminance(token[theme]);
  };
  const [light, dark] = [value(one), value(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const TEXT = [
  "text-1",
  "text-2",
  "text-3",
  "accent",
  "ok",
  "notice",
  "warning",
  "danger",
  "critical",
  "high",
  "medium",
  "low",
  ...Array.from({ length: 8 }, (_, at) => `series-${at + 1}`),
];
const GROUND = ["bg", "raised-1", "raised-2"];

describe.each(["light", "dark"] as const)("contrast in the %s theme", (theme) => {
  it.each(TEXT.flatMap((text) => GROUND.map((ground) => [text, ground] as const)))(
    "%s on %s is AA",
    (text, ground) => {
      expect(contrast(text, ground, theme)).toBeGreaterThanOrEqual(4.5);
    },
  );
  it.each([
    ["text-1", "accent-soft"],
    ["text-2", "accent-soft"],
    ["text-3", "accent-soft"],
    ["danger", "accent-soft"],
    ["warning", "accent-soft"],
    ["text-1", "raised-3"],
    ["text-2", "raised-3"],
    ["text-3", "raised-3"],
    ["danger", "raised-3"],
    ["ok", "ok-soft"],
    ["danger", "danger-soft"],
    ["warning", "warning-soft"],
    ["notice", "notice-soft"],
    ["on-accent", "accent"],
  ])("%s on %s is AA", (text, ground) => {
    expect(contrast(text, ground, theme)).toBeGreaterThanOrEqual(4.5);
  });
  it.each(["env-production", "env-staging", "env-development", "env-other", "bar-fill"])(
    "%s is seen beside the page",
    (name) => {
      expect(contrast(name, "bg", theme)).toBeGreaterThanOrEqual(2);
    },
  );
});
