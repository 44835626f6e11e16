// A unified diff, line by line.

export interface DiffLine {
  kind: "added" | "removed" | "context" | "hunk";
  text: string;
}

/** File headers are left out: what is compared is said beside the diff. */
export function parseUnifiedDiff(diff: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let inHunk = false;
  for (const line of diff.replace(/\n$/, "").split("\n")) {
    if (line.startsWith("@@")) {
      inHunk = true;
      lines.push({ kind: "hunk", text: line });
    } else if (!inHunk && (line.startsWith("---") || line.startsWith("+++"))) continue;
    else if (line.startsWith("+")) lines.push({ kind: "added", text: line.slice(1) });
    else if (line.startsWith("-")) lines.push({ kind: "removed", text: line.slice(1) });
    else if (line.startsWith("\\")) continue;
    else if (line !== "" || inHunk) lines.push({ kind: "context", text: line.replace(/^ /, "") });
  }
  return lines;
}

/** `+2 −1`, as a reader counts. */
export function diffCounts(lines: readonly DiffLine[]): { added: number; removed: number } {
  const count = (kind: DiffLine["kind"]) => lines.filter((line) => line.kind === kind).length;
  return { added: count("added"), removed: count("removed") };
}
