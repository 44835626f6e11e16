/** Cuts the middle out, because names differ at both ends: `checkout-c6a…vkhkt`. */
export function truncateMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max <= 1) return "…";
  const head = Math.ceil((max - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (max - 1 - head))}`;
}

/** One word of a POSIX shell command line. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Two letters for a cluster tile: `prod-eu` → `PE`. */
export function initials(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter(Boolean);
  const letters = words.length > 1 ? words.map((word) => word[0]).join("") : (words[0] ?? "?");
  return letters.slice(0, 2).toUpperCase();
}

/** One CSV field: quoted where needed, and never a formula for a spreadsheet. */
export function csvField(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function toCsv(rows: string[][]): string {
  return rows.map((row) => row.map(csvField).join(",")).join("\r\n") + "\r\n";
}

/** `arn:aws:eks…` account ids in groups of four, as people read them. */
export function formatAccount(accountId: string): string {
  return accountId.replace(/(\d{4})(?=\d)/g, "$1 ");
}

const isNamePart = (character: string | undefined) =>
  character !== undefined && /[A-Za-z0-9-]/.test(character);

/** Where a name stands in a sentence by itself, and not as a part of a longer one; -1 where it does not. */
export function findName(text: string, name: string): number {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const after = at + name.length;
    const goesOn = text[after] === "." && isNamePart(text[after + 1]);
    if (!isNamePart(text[at - 1]) && text[at - 1] !== "." && !isNamePart(text[after]) && !goesOn) return at;
  }
  return -1;
}
