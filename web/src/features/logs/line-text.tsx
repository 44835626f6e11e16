import { memo, type ReactNode } from "react";
import { cx } from "@/lib/class-names";
import { splitInvisible } from "@/lib/invisible";
import { parseEscapes, type Piece, type Style } from "./escapes";
import type { Filter } from "./filter";

/** Terminal colours as our own: what is legible on our grounds, and the same meaning everywhere. */
const FOREGROUND = [
  "text-text-3",
  "text-danger",
  "text-ok",
  "text-warning",
  "text-notice",
  "text-series-4",
  "text-accent",
  "text-text-1",
];

function styleClass(style: Style | null): string | undefined {
  if (!style) return undefined;
  return cx(
    style.fg !== undefined && FOREGROUND[style.fg % 8],
    style.bold && "font-semibold",
    style.dim && style.fg === undefined && "text-text-3",
    style.italic && "italic",
    style.underline && "underline",
    style.inverse && "bg-raised-3",
  );
}

function Mark({ title, children }: { title: string; children: string }) {
  return (
    <span
      title={title}
      className="mx-px rounded-sm border border-dashed border-danger px-0.5 text-[10px] text-danger"
    >
      {children}
    </span>
  );
}

/** Text with what would not be seen shown by its name. */
function visible(text: string): ReactNode {
  const parts = splitInvisible(text);
  if (parts.length === 1 && !parts[0]?.invisible) return text;
  return parts.map((part, at) =>
    part.invisible ? (
      <Mark key={at} title="a character that is not seen">
        {part.text}
      </Mark>
    ) : (
      part.text
    ),
  );
}

/** A piece of one look, with what the filter found marked. */
function marked(text: string, ranges: readonly [number, number][], offset: number): ReactNode {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const [start, end] of ranges) {
    const [left, right] = [Math.max(0, start - offset), Math.min(text.length, end - offset)];
    if (right <= from || left >= text.length) continue;
    if (left > from) parts.push(visible(text.slice(from, left)));
    parts.push(
      <mark key={left} className="rounded-sm bg-warning-soft text-text-1 outline outline-warning/40">
        {visible(text.slice(Math.max(from, left), right))}
      </mark>,
    );
    from = right;
  }
  if (parts.length === 0) return visible(text);
  if (from < text.length) parts.push(visible(text.slice(from)));
  return parts;
}

const MOST_INVISIBLE = 200;

/** At most so much of what has to be drawn character by character. */
function bounded(pieces: Piece[]): Piece[] {
  return pieces.length > MOST_INVISIBLE * 4 ? pieces.slice(0, MOST_INVISIBLE * 4) : pieces;
}

/** What a container wrote, as text and nothing else. */
export const LineText = memo(function LineText({ raw, filter }: { raw: string; filter: Filter }) {
  const pieces = bounded(parseEscapes(raw));
  const plain = pieces.map((piece) => (piece.removed ? "" : piece.text)).join("");
  const ranges = filter.test ? filter.ranges(plain) : [];
  let offset = 0;
  return pieces.map((piece, at) => {
    if (piece.removed) {
      return (
        <Mark key={at} title="a sequence for terminals was taken out">
          {piece.text}
        </Mark>
      );
    }
    const children = marked(piece.text, ranges, offset);
    offset += piece.text.length;
    return (
      <span key={at} className={styleClass(piece.style)}>
        {children}
      </span>
    );
  });
});
