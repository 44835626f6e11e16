// Small makers, so that builders read like the sentences they make.
import type { ObjectRef, Tone } from "@/api/contract";
import { listHref } from "@/lib/place";
import type { Fact, Span, Subject, Value } from "./model";
import { rec, recs, strings, text } from "./read";

export const mono = (value: string): Span => ({ text: value, mono: true });
export const muted = (value: string): Span => ({ text: value, muted: true });
export const toned = (tone: Tone, value: string): Span => ({ text: value, tone });
/** `for 18m`: a word and an age that ticks. */
export const since = (at: string | number | undefined, word = ""): Span[] =>
  at === undefined || at === "" ? [] : [{ text: word, since: at }];

export const objectSpan = (object: ObjectRef): Span => ({ text: object.name, mono: true, object });

/** A link to an object of the same namespace, or of none. */
export function link(
  subject: Subject,
  kind: string,
  name: string | undefined,
  namespace?: string | null,
): Span[] {
  if (!name) return [];
  const { cluster } = subject.ref;
  const place = namespace === undefined ? (subject.ref.namespace ?? null) : namespace;
  return [objectSpan({ cluster, kind, namespace: place, name })];
}

const empty = (value: Value): boolean =>
  typeof value === "string"
    ? value === ""
    : Array.isArray(value)
      ? value.every(empty)
      : (value as Span).text === "" && (value as Span).since === undefined;

/** A labelled fact, or nothing when there is nothing to say. */
export function fact(label: string, ...lines: (Value | undefined)[]): Fact[] {
  const said = lines.filter((line): line is Value => line !== undefined && !empty(line));
  return said.length > 0 ? [{ label, lines: said }] : [];
}

/** A list with a bit between: `a · b`. */
export const joined = (spans: Span[], between = " · "): (string | Span)[] =>
  spans.flatMap((span, at) => (at === 0 ? [span] : [between, span]));

const OPERATOR: Record<string, (key: string, values: string) => string> = {
  In: (key, values) => `${key} in (${values})`,
  NotIn: (key, values) => `${key} not in (${values})`,
  Exists: (key) => `${key} exists`,
  DoesNotExist: (key) => `no ${key}`,
  Gt: (key, values) => `${key} > ${values}`,
  Lt: (key, values) => `${key} < ${values}`,
};

const FILTER: Record<string, (key: string, values: string) => string> = {
  In: (key, values) => `label:${key}=${values}`,
  NotIn: (key, values) => `!label:${key}=${values}`,
  Exists: (key) => `label:${key}`,
  DoesNotExist: (key) => `!label:${key}`,
};

export interface Selector {
  words: string;
  filter: string;
}

/** A label selector in words and as a filter of a list; null when it selects nothing by labels. */
export function selector(value: unknown): Selector | null {
  const from = rec(value);
  const bare = from["matchLabels"] === undefined && from["matchExpressions"] === undefined;
  const labels = Object.entries(rec(bare ? from : from["matchLabels"])).map(
    ([key, each]) => [key, text(each)] as const,
  );
  const expressions = recs(from["matchExpressions"]).map((each) => ({
    key: text(each["key"]),
    operator: text(each["operator"]),
    values: strings(each["values"]),
  }));
  if (labels.length + expressions.length === 0) return null;
  const words = [
    ...labels.map(([key, each]) => `${key}=${each}`),
    ...expressions.map(
      ({ key, operator, values }) =>
        OPERATOR[operator]?.(key, values.join(", ")) ?? `${key} ${operator} ${values.join(", ")}`,
    ),
  ];
  const filter = [
    ...labels.map(([key, each]) => `label:${key}=${each}`),
    ...expressions.flatMap(({ key, operator, values }) => FILTER[operator]?.(key, values.join(",")) ?? []),
  ];
  return { words: words.join(", "), filter: filter.join(" ") };
}

/** The pods a selector takes, as a link to their list. */
export function selectorSpan(subject: Subject, value: unknown): Span[] {
  const found = selector(value);
  if (!found) return [];
  const namespaces = subject.ref.namespace ? [subject.ref.namespace] : [];
  return [
    {
      text: found.words,
      mono: true,
      href: listHref(subject.ref.cluster, "pods", { namespaces, filter: found.filter }),
    },
  ];
}
