import { short } from "./numbers.mjs";

/** What was measured, and the table of it. A figure without a limit is told beside the others. */
export class Figures {
  rows = [];

  /**
   * `value` must not exceed `atMost`, or not be below `atLeast`. `than` is what it is compared with, measured in the
   * same run: `{ value, what }`.
   */
  add(name, { value, unit = "", atMost, atLeast, than, note = "" }) {
    const ok = atMost !== undefined ? value <= atMost : atLeast !== undefined ? value >= atLeast : null;
    const limit =
      atMost !== undefined
        ? `≤ ${short(atMost)} ${unit}`
        : atLeast !== undefined
          ? `≥ ${short(atLeast)} ${unit}`
          : "";
    const ratio = than
      ? `1/${short(than.value / value)} of ${than.what} (${short(than.value)} ${unit})`
      : note;
    this.push({
      name,
      limit,
      measured: `${short(value)} ${unit}`,
      ratio,
      verdict: ok === null ? "" : ok ? "ok" : "missed",
    });
  }

  /** Something that holds or does not. */
  holds(name, ok, { limit, measured, note = "" }) {
    this.push({ name, limit, measured, ratio: note, verdict: ok ? "ok" : "missed" });
  }

  missing(name, why) {
    this.push({ name, limit: "", measured: "not measured", ratio: why, verdict: "–" });
  }

  push(row) {
    this.rows.push(row);
    process.stderr.write(`  ${row.name}: ${row.measured} ${row.limit} ${row.ratio} ${row.verdict}\n`);
  }

  get missed() {
    return this.rows.filter(({ verdict }) => verdict === "missed").length;
  }

  table() {
    const titles = {
      name: "figure",
      limit: "limit",
      measured: "measured",
      ratio: "beside it, in the same run",
      verdict: "",
    };
    const keys = Object.keys(titles);
    const all = [titles, ...this.rows];
    const width = Object.fromEntries(
      keys.map((key) => [key, Math.max(...all.map((row) => row[key].length))]),
    );
    const line = (row) =>
      keys
        .map((key) => row[key].padEnd(width[key]))
        .join("  ")
        .trimEnd();
    const rule = keys.map((key) => "─".repeat(width[key])).join("  ");
    return [line(titles), rule, ...this.rows.map(line)].join("\n");
  }
}
