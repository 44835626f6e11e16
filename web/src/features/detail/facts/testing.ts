// Makes subjects for the builders' tests, and reads their sentences.
import type { Kind, KubernetesObject, Relation, Tone } from "@/api/contract";
import type { Block, Fact, Facts, Span, Surroundings, Value } from "./model";
import { buildFacts } from "./registry";
import { dig, str } from "./read";

export const NOW = Date.parse("2026-11-24T12:00:00Z") / 1000;
/** A time so many seconds before `NOW`. */
export const ago = (seconds: number): string => new Date((NOW - seconds) * 1000).toISOString();

const kindOf = (id: string, object: unknown): Kind => {
  const [resource = "", ...group] = id.split(".");
  const kind = str(dig(object, "kind")) ?? resource;
  return {
    id,
    group: group.join("."),
    version: "v1",
    kind,
    resource,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: [],
    custom: false,
    served: "rows",
  };
};

export function facts(kind: string, object: unknown, around: Surroundings = {}): Facts {
  const name = str(dig(object, "metadata", "name")) ?? "x";
  const namespace = str(dig(object, "metadata", "namespace")) ?? null;
  return buildFacts({
    ref: { cluster: "prod-eu", kind, namespace, name },
    kind: kindOf(kind, object),
    object: object as KubernetesObject,
    groups: undefined,
    nowSeconds: NOW,
    ...around,
  });
}

/** Pods as a relation has them: `["danger", "CrashLoopBackOff"]`. */
export const pods = (relation: string, ...list: [Tone, string][]): Relation => ({
  relation,
  total: list.length,
  items: list.map(([tone, status], at) => ({
    object: { cluster: "prod-eu", kind: "pods", namespace: "x", name: `pod-${at}` },
    tone,
    status,
  })),
});

/** A line as it reads; ages are written `<age>`. */
export function words(value: Value): string {
  const spans = (Array.isArray(value) ? value : [value]) as (string | Span)[];
  return spans
    .map((span) =>
      typeof span === "string" ? span : span.since !== undefined ? `${span.text} <age>` : span.text,
    )
    .map((each) => each.trim())
    .filter(Boolean)
    .join(" ");
}

export const verdict = (made: Facts): string =>
  made.verdict ? [made.verdict.title, ...made.verdict.detail].map(words).join(" | ") : "";

export function block<T extends Block["type"]>(
  made: Facts,
  type: T,
  title?: string,
): Extract<Block, { type: T }> {
  const found = [...made.main, ...made.side].find(
    (each) =>
      each.type === type && (title === undefined || ("title" in each && each.title.startsWith(title))),
  );
  if (!found) throw new Error(`no block ${type} ${title ?? ""}`);
  return found as Extract<Block, { type: T }>;
}

export const said = (list: Fact[], label: string): string[] =>
  (list.find((fact) => fact.label === label)?.lines ?? []).map(words);
export const rows = (made: Facts, title: string): string[][] =>
  block(made, "table", title).rows.map((row) => row.map(words));
