// The addresses of the pages about AWS.
import { encodePart } from "./place";

export const ACCESS_TABS = ["principals", "service-accounts", "roles", "findings"] as const;
export type AccessTab = (typeof ACCESS_TABS)[number];

/** Who may enter a cluster, and which role its service accounts have. */
export interface AccessState {
  tab: AccessTab;
  /** Words that a row must have. */
  find: string;
  /** A state of principals, a source of service accounts, a check of findings: what the chips narrow to. */
  only: string;
  /** The row whose pane is open: an ARN, or `namespace/name`. */
  open: string;
  /** `-used,role`; in the usual order when empty. */
  sort: string;
}

export interface WorkloadRef {
  cluster: string;
  kind: string;
  namespace?: string | null;
  name: string;
}

export interface WhoCanState {
  action: string;
  resource: string;
  namespace: string;
  clusters: string[];
  /** The workload whose decision is explained. */
  open: WorkloadRef | null;
  /** Which of several actions asked together it explains; the first when empty. */
  part: string;
  sort: string;
}

type Pairs = [key: string, value: string][];

const write = (text: string) => encodePart(text).replaceAll("%2F", "/").replaceAll("%2C", ",");

const query = (pairs: Pairs): string =>
  pairs
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key}=${write(value)}`)
    .join("&");

const withQuery = (path: string, pairs: Pairs): string => {
  const text = query(pairs);
  return text ? `${path}?${text}` : path;
};

const isTab = (text: string): text is AccessTab => (ACCESS_TABS as readonly string[]).includes(text);

export function parseAccess(search: string): AccessState {
  const from = new URLSearchParams(search);
  const tab = from.get("tab") ?? "";
  return {
    tab: isTab(tab) ? tab : "principals",
    find: from.get("find") ?? "",
    only: from.get("only") ?? "",
    open: from.get("open") ?? "",
    sort: from.get("sort") ?? "",
  };
}

export function accessHref(cluster: string, state: Partial<AccessState> = {}): string {
  const { tab = "principals", find = "", only = "", open = "", sort = "" } = state;
  return withQuery(`/c/${encodePart(cluster)}/aws/access`, [
    ["tab", tab === "principals" ? "" : tab],
    ["only", only],
    ["find", find],
    ["sort", sort],
    ["open", open],
  ]);
}

/** `prod-eu/deployments.apps/payments/api` */
export const workloadKey = ({ cluster, kind, namespace, name }: WorkloadRef): string =>
  [cluster, kind, namespace || "_", name].join("/");

export function parseWorkloadKey(text: string): WorkloadRef | null {
  const [cluster, kind, namespace, name, ...more] = text.split("/");
  return cluster && kind && namespace && name && more.length === 0
    ? { cluster, kind, namespace, name }
    : null;
}

export function parseWhoCan(search: string): WhoCanState {
  const from = new URLSearchParams(search);
  return {
    action: from.get("action") ?? "",
    resource: from.get("resource") ?? "",
    namespace: from.get("namespace") ?? "",
    clusters: from.getAll("cluster").filter(Boolean),
    open: parseWorkloadKey(from.get("open") ?? ""),
    part: from.get("part") ?? "",
    sort: from.get("sort") ?? "",
  };
}

export function whoCanHref(state: Partial<WhoCanState> = {}): string {
  const { action = "", resource = "", namespace = "", clusters = [], open = null } = state;
  const { part = "", sort = "" } = state;
  return withQuery("/aws/who-can", [
    ["action", action],
    ["resource", resource],
    ["namespace", namespace],
    ...clusters.map((cluster): [string, string] => ["cluster", cluster]),
    ["sort", sort],
    ["open", open ? workloadKey(open) : ""],
    ["part", open ? part : ""],
  ]);
}

/** What the tab of an object is asked: which decision is explained, and which rows are shown. */
export interface AwsTabState {
  why: { action: string; resource: string } | null;
  find: string;
  show: string;
}

export const AWS_TAB = "aws";
/** The parts of an address that belong to the tab alone. */
export const AWS_TAB_KEYS = ["why", "on", "find", "show"] as const;

export function parseAwsTab(search: string): AwsTabState {
  const from = new URLSearchParams(search);
  const action = from.get("why") ?? "";
  return {
    why: action ? { action, resource: from.get("on") ?? "" } : null,
    find: from.get("find") ?? "",
    show: from.get("show") ?? "",
  };
}

/** The same address with another question to the tab; everything else in it stays as it is written. */
export function withAwsTab(search: string, { why, find, show }: AwsTabState): string {
  const own: readonly string[] = AWS_TAB_KEYS;
  const kept = search
    .replace(/^\?/, "")
    .split("&")
    .filter((part) => part !== "" && !own.includes(part.split("=")[0] ?? ""));
  const asked = query([
    ["why", why?.action ?? ""],
    ["on", why?.resource ?? ""],
    ["find", find],
    ["show", show],
  ]);
  return [...kept, ...(asked ? [asked] : [])].join("&");
}

export const parseFleetFindings = (search: string): Pick<AccessState, "only" | "find"> => {
  const { only, find } = parseAccess(search);
  return { only, find };
};

/** What is wrong with identities, over all clusters. */
export const fleetFindingsHref = ({
  only = "",
  find = "",
}: Partial<Pick<AccessState, "only" | "find">> = {}) =>
  withQuery("/aws/findings", [
    ["only", only],
    ["find", find],
  ]);
