// Characters that change how text looks without being seen: bidirectional controls, zero-width and control
// characters, tags. They are shown, because a name that hides one is not the name it seems to be.

const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffc\u{e0000}-\u{e0fff}]/gu;

/** The same set for a search of one's own (the editor's): global, unicode. */
export const invisiblePattern = (): RegExp => new RegExp(INVISIBLE.source, INVISIBLE.flags);

export const hasInvisible = (text: string): boolean => text.search(INVISIBLE) >= 0;

/** `U+202E`. */
export function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

export interface TextPart {
  text: string;
  /** An invisible character, by its name. */
  invisible: boolean;
}

/** Cuts text where an invisible character stands. Ordinary text comes back as one part. */
export function splitInvisible(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(INVISIBLE)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), invisible: false });
    parts.push({ text: codePointName(match[0]), invisible: true });
    from = match.index + match[0].length;
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from), invisible: false });
  return parts;
}
