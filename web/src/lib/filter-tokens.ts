// Cuts a list filter into pieces for colouring. The grammar itself is the server's: this never refuses.

export type FilterPart = "blank" | "negation" | "key" | "value" | "quoted" | "regex" | "text";

export interface FilterToken {
  part: FilterPart;
  text: string;
  at: number;
}

const TERM =
  /(\s+)|([!-](?=\S))?(?:([A-Za-z][\w.-]*:)((?:"[^"]*"?|[^\s"])*)|("[^"]*"?)|(\/(?:\\.|[^/\s\\])*\/?)|(\S+))/gy;

export function filterTokens(filter: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  TERM.lastIndex = 0;
  for (let match = TERM.exec(filter); match; match = TERM.exec(filter)) {
    let at = match.index;
    const add = (part: FilterPart, text: string | undefined) => {
      if (!text) return;
      tokens.push({ part, text, at });
      at += text.length;
    };
    add("blank", match[1]);
    add("negation", match[2]);
    add("key", match[3]);
    add("value", match[4]);
    add("quoted", match[5]);
    add("regex", match[6]);
    add("text", match[7]);
  }
  return tokens;
}

/** The terms of a filter, blanks left out, quotes and negation kept. */
export function filterTerms(filter: string): string[] {
  const terms: string[] = [];
  let term = "";
  for (const { part, text } of filterTokens(filter)) {
    if (part === "blank") {
      if (term) terms.push(term);
      term = "";
    } else {
      term += text;
    }
  }
  return term ? [...terms, term] : terms;
}

export const hasTerm = (filter: string, term: string): boolean => filterTerms(filter).includes(term);

/** Adds a term, or takes it away when it is there: what a click on a status chip does. */
export function toggleTerm(filter: string, term: string): string {
  const terms = filterTerms(filter);
  const without = terms.filter((each) => each !== term);
  if (without.length < terms.length) return without.join(" ");
  // One class of a status at a time: chips of the same key replace each other.
  const key = term.slice(0, term.indexOf(":") + 1);
  return [...without.filter((each) => !key || !each.startsWith(key)), term].join(" ");
}
