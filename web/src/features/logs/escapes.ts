// A line as a container wrote it, made harmless: colours become a few of our own classes, every other control sequence
// is taken out, and what might hide something (a title, a link, a string for the terminal) leaves a mark.
// ECMA-48; nothing here is ever handed to anything that would interpret it.

export interface Style {
  /** 0 to 15 as terminals number them; absent: the text's own colour. */
  fg?: number;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
  inverse?: boolean;
}

export interface Piece {
  text: string;
  style: Style | null;
  /** Stands for a sequence that was taken out. */
  removed?: boolean;
}

/** More pieces than this are not worth drawing: the rest of the line stays uncoloured. */
const MOST_PIECES = 400;
const LONGEST_NAME = 24;

const ESC = "\u001b";
const CSI = "\u009b";

/**
 * Everything that a terminal would act on, in order: strings (OSC, DCS, SOS, PM, APC) up to their end or the line's,
 * CSI sequences, other escapes, and the eight-bit forms of all of them.
 */
const SEQUENCE =
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|(?=\u001b)|$)|(?:\u001b\[|\u009b)[0-?]*[ -/]*(?:[@-~]|(?=[^ -~])|$)|\u001b[ -/]*(?:[0-~]|(?=[^ -~])|$)/g;

/** Without any escape sequence: what filters look at and what is copied. */
export function plainText(raw: string): string {
  return raw.includes(ESC) || raw.search(/[\u0080-\u009f]/) >= 0 ? raw.replace(SEQUENCE, "") : raw;
}

/** Cuts a line where its look changes. */
export function parseEscapes(raw: string): Piece[] {
  if (!raw.includes(ESC) && raw.search(/[\u0080-\u009f]/) < 0) return [{ text: raw, style: null }];
  const pieces: Piece[] = [];
  let style: Style | null = null;
  let from = 0;
  const add = (text: string) => {
    if (text) pieces.push({ text, style });
  };
  for (const match of raw.matchAll(SEQUENCE)) {
    add(raw.slice(from, match.index));
    from = match.index + match[0].length;
    if (pieces.length >= MOST_PIECES) {
      add(plainText(raw.slice(from)));
      return pieces;
    }
    const parameters = sgrOf(match[0]);
    if (parameters !== null) style = withSgr(style, parameters);
    else if (isString(match[0])) pieces.push({ text: nameOf(match[0]), style: null, removed: true });
  }
  add(raw.slice(from));
  return pieces;
}

/** The parameters of a sequence that only changes how text looks; null for any other. */
function sgrOf(sequence: string): string | null {
  const body = sequence.startsWith(CSI)
    ? sequence.slice(1)
    : sequence.startsWith(`${ESC}[`)
      ? sequence.slice(2)
      : "";
  return /^[0-9;:]*m$/.test(body) ? body.slice(0, -1) : null;
}

const isString = (sequence: string) => /^(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])/.test(sequence);

/** What a string for the terminal was about: `OSC 8` is a link, `OSC 0` a title. */
function nameOf(sequence: string): string {
  const [kind, rest] =
    sequence[0] === ESC ? [sequence[1] ?? "", sequence.slice(2)] : [sequence[0] ?? "", sequence.slice(1)];
  const names: Record<string, string> = {
    "]": "OSC",
    "\u009d": "OSC",
    P: "DCS",
    "\u0090": "DCS",
    X: "SOS",
    "\u0098": "SOS",
    "^": "PM",
    "\u009e": "PM",
    _: "APC",
    "\u009f": "APC",
  };
  const number = /^[0-9]{1,4}/.exec(rest)?.[0];
  return [names[kind] ?? "ESC", number].filter(Boolean).join(" ").slice(0, LONGEST_NAME);
}

const OFF: Record<number, (keyof Style)[]> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  39: ["fg"],
};
const ON: Record<number, keyof Style> = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse" };

function without(style: Style, keys: readonly string[]): Style {
  return Object.fromEntries(Object.entries(style).filter(([key]) => !keys.includes(key)));
}

function withSgr(before: Style | null, parameters: string): Style | null {
  const codes = parameters.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  let style: Style = { ...before };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    const on = ON[code];
    if (code === 0) style = {};
    else if (on) style = { ...style, [on]: true };
    else if (OFF[code]) style = without(style, OFF[code]);
    else if (code >= 30 && code <= 37) style = { ...style, fg: code - 30 };
    else if (code >= 90 && code <= 97) style = { ...style, fg: code - 82 };
    else if (code === 38 || code === 48) {
      // Of 256 colours the first sixteen are ours; millions of colours are none of them.
      const indexed = codes[at + 1] === 5;
      const index = codes[at + 2] ?? 16;
      if (code === 38 && indexed && index < 16) style = { ...style, fg: index };
      else if (code === 38) delete style.fg;
      at += indexed ? 2 : 4;
    }
  }
  return Object.keys(style).length > 0 ? style : null;
}
