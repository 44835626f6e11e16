// The grammar of the record's filter, and what it asks of the server. Terms stand apart by blanks and must all hold;
// values stand apart by commas and one of them must.
import type { Problem } from "@/api/contract";
import { filterTerms, filterTokens } from "@/lib/filter-tokens";

interface Field {
  /** The parameter of the API. */
  parameter: string;
  /** It takes one value; of others, one of several is enough. */
  single?: boolean;
  /** All that it may be. */
  values?: readonly string[];
  about: string;
}

export const OUTCOMES = ["success", "failure", "denied", "unknown"] as const;

const CLASSES = ["read", "change", "reveal", "session", "admin"];

/** Every field one can ask for, in the order in which they are offered. */
export const FIELDS: Record<string, Field> = {
  user: { parameter: "user", about: "who did it, as API servers hear it" },
  verb: { parameter: "verb", about: "what was done" },
  outcome: { parameter: "outcome", values: OUTCOMES, about: "how it ended" },
  class: { parameter: "class", values: CLASSES, about: "what kind of act it was" },
  cluster: { parameter: "cluster", about: "where" },
  kind: { parameter: "resource", single: true, about: "kind of the object, as kubectl names it" },
  namespace: { parameter: "namespace", about: "namespace of the object" },
  name: { parameter: "name", about: "name of the object" },
  subresource: { parameter: "subresource", about: "such as scale or eviction" },
  group: { parameter: "group", about: "a group of who did it" },
  tier: { parameter: "tier", about: "the tier they acted with" },
  session: { parameter: "session", about: "the session it came from" },
  address: { parameter: "address", about: "the network address it came from" },
  email: { parameter: "email", about: "who did it, by e-mail" },
  subject: { parameter: "subject", about: "who did it, by the provider's own name" },
  issuer: { parameter: "issuer", about: "the identity provider that vouched" },
  request: { parameter: "requestId", about: "the id of the request" },
  chain: { parameter: "chain", about: "the chain of the record it is in" },
  phase: {
    parameter: "phase",
    values: ["intent", "outcome", "single"],
    about: "rows as they were written, not folded",
  },
};

export type Parameters = Record<string, string | string[]>;

export interface ParsedFilter {
  parameters: Parameters;
  problem: Problem | null;
}

function wrong(detail: string, at: [number, number]): Problem {
  return {
    type: "about:blank",
    title: "the filter does not parse",
    status: 400,
    detail,
    code: "filter_invalid",
    at,
  };
}

/** `a,"b c",d` → three values. */
function splitValues(text: string): string[] {
  const values = text.match(/"[^"]*"?|[^,"]+/g) ?? [];
  return values.map((value) => value.replaceAll('"', "").trim()).filter(Boolean);
}

interface Term {
  text: string;
  from: number;
  to: number;
  negated: boolean;
  key: string | null;
}

function terms(filter: string): Term[] {
  const found: Term[] = [];
  let open: Term | null = null;
  for (const { part, text, at } of filterTokens(filter)) {
    if (part === "blank") {
      open = null;
      continue;
    }
    if (!open) {
      open = { text: "", from: at, to: at, negated: false, key: null };
      found.push(open);
    }
    open.to = at + text.length;
    if (part === "negation") open.negated = true;
    else if (part === "key") open.key = text.slice(0, -1).toLowerCase();
    else open.text += text;
  }
  return found;
}

/** Why a term cannot be asked for, or null. */
function refuse(term: Term, taken: Parameters): string | null {
  if (term.negated) return "the record cannot be asked for what did not happen: leave out the !";
  if (term.key === null) return null;
  const field = FIELDS[term.key];
  if (!field) return `there is no field ${term.key}; known are ${Object.keys(FIELDS).join(", ")}`;
  const values = splitValues(term.text);
  if (values.length === 0) return `${term.key}: says no value`;
  if (field.single && (values.length > 1 || field.parameter in taken)) return `${term.key}: takes one value`;
  const unknown = values.find((value) => field.values && !field.values.includes(value));
  return unknown ? `${term.key}: is one of ${field.values?.join(", ") ?? ""}, not ${unknown}` : null;
}

/** What the filter asks for; of a filter that does not parse, what of it does. */
export function parseFilter(filter: string): ParsedFilter {
  const parameters: Parameters = {};
  const words: string[] = [];
  let problem: Problem | null = null;
  for (const term of terms(filter)) {
    const reason = refuse(term, parameters);
    if (reason) {
      problem ??= wrong(reason, [term.from, term.to]);
      continue;
    }
    const field = term.key === null ? undefined : FIELDS[term.key];
    if (!field) words.push(term.text.replaceAll('"', ""));
    else parameters[field.parameter] = [...(parameters[field.parameter] ?? []), ...splitValues(term.text)];
  }
  const text = words.filter(Boolean).join(" ");
  return { parameters: text ? { ...parameters, text } : parameters, problem };
}

/** The filter with this term and no other of its field; without it when it was there. */
export function setTerm(filter: string, key: string, term: string | null): string {
  const rest = filterTerms(filter).filter((each) => !each.startsWith(`${key}:`));
  return (term === null || filterTerms(filter).includes(term) ? rest : [...rest, term]).join(" ");
}
