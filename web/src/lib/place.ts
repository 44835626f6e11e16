// The URL is the whole state. This module is the only place that knows how it is written.

export type Place =
  | { page: "fleet" }
  | { page: "overview"; cluster: string }
  | { page: "list"; cluster: string | null; kind: string }
  | { page: "object"; cluster: string; kind: string; namespace: string | null; name: string }
  | { page: "access"; cluster: string }
  | { page: "who-can" }
  | { page: "aws-findings" }
  | { page: "audit" }
  | { page: "settings" }
  | { page: "sessions" }
  | { page: "sign-in" }
  | { page: "unknown" };

/** What a list shows beside its place: everything but the place lives in the query string. */
export interface ListState {
  clusters: string[];
  namespaces: string[];
  filter: string;
  sort: string;
  columns: string[];
  open: OpenRow | null;
  tab: string;
}

export interface OpenRow {
  cluster: string;
  namespace: string | null;
  name: string;
}

interface Ref {
  cluster: string;
  kind: string;
  namespace?: string | null;
  name: string;
}

/** Escapes a part of an address, but for what may stand in it and reads better as it is. */
export const encodePart = (part: string): string =>
  encodeURIComponent(part).replaceAll("%3A", ":").replaceAll("%40", "@");
const encode = encodePart;

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function parsePlace(path: string): Place {
  const parts = path.split("/").filter(Boolean).map(decode);
  const [first, second, third, fourth, fifth] = parts;
  if (first === undefined) return { page: "fleet" };
  if (first === "settings" && parts.length === 1) return { page: "settings" };
  if (first === "settings" && second === "sessions" && parts.length === 2) return { page: "sessions" };
  if (first === "audit" && parts.length === 1) return { page: "audit" };
  if (first === "sign-in" && parts.length === 1) return { page: "sign-in" };
  if (first === "aws" && second === "who-can" && parts.length === 2) return { page: "who-can" };
  if (first === "aws" && second === "findings" && parts.length === 2) return { page: "aws-findings" };
  if (first === "fleet" && second && parts.length === 2) return { page: "list", cluster: null, kind: second };
  if (first !== "c" || !second) return { page: "unknown" };
  if (!third) return { page: "overview", cluster: second };
  if (third === "aws" && fourth === "access" && parts.length === 4)
    return { page: "access", cluster: second };
  if (!fourth) return { page: "list", cluster: second, kind: third };
  if (!fifth || parts.length !== 5) return { page: "unknown" };
  return {
    page: "object",
    cluster: second,
    kind: third,
    namespace: fourth === "_" ? null : fourth,
    name: fifth,
  };
}

export const fleetHref = () => "/";
export const sessionsHref = () => "/settings/sessions";
export const overviewHref = (cluster: string) => `/c/${encode(cluster)}`;

/** The record with one of its rows open. */
export const auditRowHref = ({ chain, sequence }: { chain: string; sequence: number }): string =>
  `/audit?open=${encode(chain)}/${sequence}`;

/** The page of one object. */
export function objectHref(ref: Ref, tab?: string): string {
  const path = `/c/${encode(ref.cluster)}/${encode(ref.kind)}/${encode(ref.namespace || "_")}/${encode(ref.name)}`;
  return tab && tab !== "overview" ? `${path}?tab=${encode(tab)}` : path;
}

/** A list; `cluster: null` is the list over the whole fleet. */
export function listHref(cluster: string | null, kind: string, state: Partial<ListState> = {}): string {
  const path = cluster === null ? `/fleet/${encode(kind)}` : `/c/${encode(cluster)}/${encode(kind)}`;
  const query = formatListState(state);
  return query ? `${path}?${query}` : path;
}

/** A list with the pane of one object open: what a link to an object should be. */
export function openHref(ref: Ref, tab?: string): string {
  const open = { cluster: ref.cluster, namespace: ref.namespace || null, name: ref.name };
  return listHref(ref.cluster, ref.kind, { open, ...(tab ? { tab } : {}) });
}

export function parseListState(search: string): ListState {
  const query = new URLSearchParams(search);
  const open = query.get("open")?.split("/") ?? [];
  const [cluster, namespace, ...name] = open;
  return {
    clusters: query.getAll("cluster"),
    namespaces: query.getAll("ns"),
    filter: query.get("filter") ?? "",
    sort: query.get("sort") ?? "",
    columns: (query.get("cols") ?? "").split(",").filter(Boolean),
    open:
      cluster && namespace && name.length > 0
        ? { cluster, namespace: namespace === "_" ? null : namespace, name: name.join("/") }
        : null,
    tab: query.get("tab") ?? "",
  };
}

export function formatListState(state: Partial<ListState>): string {
  const parts: string[] = [];
  const add = (key: string, value: string) =>
    parts.push(`${key}=${encode(value).replaceAll("%2F", "/").replaceAll("%2C", ",")}`);
  for (const cluster of state.clusters ?? []) add("cluster", cluster);
  for (const namespace of state.namespaces ?? []) add("ns", namespace);
  if (state.filter) add("filter", state.filter);
  if (state.sort) add("sort", state.sort);
  if (state.columns?.length) add("cols", state.columns.join(","));
  if (state.open) add("open", `${state.open.cluster}/${state.open.namespace ?? "_"}/${state.open.name}`);
  if (state.open && state.tab && state.tab !== "overview") add("tab", state.tab);
  return parts.join("&");
}
