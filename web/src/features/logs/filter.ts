// What of the lines is shown: text or a regular expression, or all but that.
import { plainOf, type LogLine } from "./lines";

export interface FilterWish {
  text: string;
  regex: boolean;
  invert: boolean;
}

export interface Filter {
  /** Null when everything is shown. */
  test: ((line: LogLine) => boolean) | null;
  /** Where in a text it is found: start and end. */
  ranges: (text: string) => [number, number][];
  problem: string | null;
}

export const NO_FILTER: FilterWish = { text: "", regex: false, invert: false };

/** What is looked at of one line. */
const LONGEST = 16 << 10;
const MOST_RANGES = 100;
const LONGEST_PATTERN = 500;

const NOTHING: Filter = { test: null, ranges: () => [], problem: null };

/** Capitals make it matter whether letters are capital. */
const flagsFor = (text: string, regex: boolean) =>
  /\p{Lu}/u.test(regex ? text.replace(/\\./g, "") : text) ? "gu" : "giu";

/**
 * A repetition within a repetition makes an expression take for ever on a line that was written for it, and lines are
 * written by whoever runs a container.
 */
export function isExplosive(pattern: string): boolean {
  const text = pattern.replace(/\\./g, "_").replace(/\[[^\]]*\]/g, "_");
  const groups: boolean[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "(") groups.push(false);
    const repeats = /^(?:[*+]|\{\d*,\d*\})/.test(text.slice(at));
    if (repeats && groups.length > 0 && text[at - 1] !== "(") groups[groups.length - 1] = true;
    if (text[at] !== ")") continue;
    const inner = groups.pop() ?? false;
    const repeated = /^(?:[*+]|\{\d*,?\d*\})/.test(text.slice(at + 1));
    if (repeated && (inner || alternates(text, at))) return true;
    if (inner && groups.length > 0) groups[groups.length - 1] = true;
  }
  // `.*.*.*`: each more is another power of the line's length.
  return (text.match(/[*+]|\{\d*,\d*\}/g) ?? []).length > 6;
}

/** Whether the group that ends at `end` offers a choice. */
function alternates(text: string, end: number): boolean {
  let depth = 0;
  for (let at = end; at >= 0; at -= 1) {
    if (text[at] === ")") depth += 1;
    if (text[at] === "(") depth -= 1;
    if (depth === 0) return false;
    if (depth === 1 && text[at] === "|") return true;
  }
  return false;
}

function compile({ text, regex }: FilterWish): RegExp | string {
  if (!regex)
    return new RegExp(
      text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&").replaceAll("\\-", "\\x2d"),
      flagsFor(text, false),
    );
  if (text.length > LONGEST_PATTERN) return `at most ${LONGEST_PATTERN} characters`;
  if (isExplosive(text)) return "a repetition within a repetition may take for ever; write it without";
  try {
    return new RegExp(text, flagsFor(text, true));
  } catch (error) {
    return error instanceof Error
      ? error.message.replace(/^Invalid regular expression: /, "")
      : "not an expression";
  }
}

export function createFilter(wish: FilterWish): Filter {
  if (!wish.text) return NOTHING;
  const pattern = compile(wish);
  if (typeof pattern === "string") return { ...NOTHING, problem: pattern };
  const found = (line: LogLine) => {
    pattern.lastIndex = 0;
    return pattern.test(plainOf(line).slice(0, LONGEST));
  };
  return {
    test: wish.invert ? (line) => !found(line) : found,
    ranges: wish.invert ? () => [] : (text) => rangesOf(pattern, text),
    problem: null,
  };
}

function rangesOf(pattern: RegExp, text: string): [number, number][] {
  const ranges: [number, number][] = [];
  for (const match of text.slice(0, LONGEST).matchAll(pattern)) {
    if (match[0].length > 0) ranges.push([match.index, match.index + match[0].length]);
    if (ranges.length >= MOST_RANGES) break;
  }
  return ranges;
}
