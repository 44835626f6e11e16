// Where lines stand: heights are reckoned from their lengths, and corrected by what was measured once they are drawn.
import { jsonOf, plainOf, type LogLine } from "./lines";

export const ROW = 18;

export interface Shape {
  wrap: boolean;
  fields: boolean;
  /** Characters in a row of text. */
  columns: number;
}

/** Length of what is drawn of a line. */
export function shownLength(line: LogLine, shape: Shape, longest: number): number {
  const json = shape.fields ? jsonOf(line) : null;
  if (!json) return Math.min(longest + 12, plainOf(line).length);
  return json.fields.reduce((sum, [key, value]) => sum + key.length + value.length + 2, json.message.length);
}

export class Layout {
  /** Where each line begins; one more than there are lines, the last is the end of all. */
  private tops = new Float64Array(1);
  private count = 0;
  private uniform = true;

  update(lines: readonly LogLine[], heightOf: ((line: LogLine) => number) | null): void {
    this.count = lines.length;
    this.uniform = heightOf === null;
    if (!heightOf) return;
    if (this.tops.length <= lines.length) this.tops = new Float64Array(Math.ceil((lines.length + 1) * 1.5));
    let top = 0;
    for (let at = 0; at < lines.length; at += 1) {
      this.tops[at] = top;
      top += heightOf(lines[at] as LogLine);
    }
    this.tops[lines.length] = top;
  }

  topOf(index: number): number {
    const at = Math.max(0, Math.min(index, this.count));
    return this.uniform ? at * ROW : (this.tops[at] ?? 0);
  }

  get height(): number {
    return this.topOf(this.count);
  }

  /** The line at a height; the last one for what is below all. */
  indexAt(y: number): number {
    if (this.count === 0) return 0;
    if (this.uniform) return Math.max(0, Math.min(this.count - 1, Math.floor(y / ROW)));
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.tops[middle] ?? 0) <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
