// The shapes that the server speaks. Names and fields are those of its OpenAPI document.

export type Tone = "ok" | "notice" | "warning" | "danger" | "unknown" | "neutral";
export type Phase = "idle" | "connecting" | "live" | "stale" | "refused" | "unreachable";
export type Environment = "production" | "staging" | "development" | "other";

export interface Permission {
  verb: string;
  group: string;
  resource: string;
  subresource?: string | null;
  namespace?: string | null;
  name?: string | null;
}

export interface Gap {
  code: string;
  what: string;
  needs: Permission[];
  fix?: string | null;
  docs?: string | null;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId?: string | null;
  needs?: Permission[] | null;
  at?: [number, number] | null;
  kubernetes?: unknown;
}

export interface Scope {
  clusterWide: boolean;
  namespaces: string[];
}

export interface Source {
  what: string;
  at: string;
  state: State;
}

export interface Answer<T> {
  data: T;
  asOf: string;
  scope: Scope;
  sources: Source[];
  gaps: Gap[];
}

export interface State {
  phase: Phase;
  since: string;
  reason?: string | null;
  needs?: Permission[] | null;
}

export interface ObjectRef {
  cluster: string;
  kind: string;
  namespace?: string | null;
  name: string;
}

export interface Persona {
  id: string;
  name: string;
  about: string;
}

export interface AuthOptions {
  mode: "demo" | "local" | "dev";
  personas: Persona[];
}

export interface Session {
  mode: "demo" | "local" | "dev";
  user: string;
  displayName: string;
  groups: string[];
  persona?: string | null;
  serverVersion: string;
}

export interface Cluster {
  id: string;
  name: string;
  environment: Environment;
  connection: string;
  eks?: { arn: string; accountId: string; region: string } | null;
  version?: string | null;
  state: State;
}

export interface Health {
  tone: Tone;
  sentence: string;
}

export interface Amounts {
  allocatable: number;
  requested: number;
  limits?: number | null;
  used?: number | null;
}

/** CPU in millicores, memory in bytes. */
export interface Capacity {
  cpu: Amounts;
  memory: Amounts;
  pods: { allocatable: number; requested: number };
}

export interface NodeTotals {
  ready: number;
  total: number;
}

export interface PodTotals {
  total: number;
  running: number;
  pending: number;
  failing: number;
  succeeded: number;
}

export interface Signal {
  cluster: string;
  weight: number;
  tone: Tone;
  code: string;
  sentence: string;
  object: ObjectRef;
  count: number;
  since?: string | null;
  hint?: string | null;
}

export interface FleetCluster {
  cluster: Cluster;
  health: Health;
  nodes?: NodeTotals | null;
  pods?: PodTotals | null;
  capacity?: Capacity | null;
  signals: number;
  gaps: Gap[];
}

export interface Fleet {
  clusters: FleetCluster[];
  signals: Signal[];
  signalsTotal: number;
}

export interface EventItem {
  type: string;
  reason: string;
  message: string;
  count: number;
  object: ObjectRef;
  firstSeen?: string | null;
  lastSeen?: string | null;
  source?: string | null;
}

export interface NodeCapacity {
  node: string;
  cpu: Amounts;
  memory: Amounts;
  pods: { allocatable: number; requested: number };
  tone: Tone;
}

export interface Rollout {
  object: ObjectRef;
  tone: Tone;
  sentence: string;
  desired: number;
  updated: number;
  ready: number;
  since?: string | null;
}

export interface Overview {
  cluster: Cluster;
  health: Health;
  nodes?: NodeTotals | null;
  pods?: PodTotals | null;
  capacity?: Capacity | null;
  nodeCapacity: NodeCapacity[];
  attention: Signal[];
  attentionTotal: number;
  rollouts: Rollout[];
  warnings: EventItem[];
}

export interface Kind {
  id: string;
  group: string;
  version: string;
  kind: string;
  resource: string;
  singular: string;
  shortNames: string[];
  categories: string[];
  namespaced: boolean;
  verbs: string[];
  custom: boolean;
  served: "rows" | "table" | "live";
}

export interface KindGroup {
  id: string;
  title: string;
  kinds: Kind[];
}

export interface Kinds {
  groups: KindGroup[];
}

export interface Count {
  count: number;
  certainty: "exact" | "atLeast" | "atMost" | "unknown";
  danger?: number | null;
  warning?: number | null;
  needs?: Permission[] | null;
}

export type Counts = Record<string, Count>;

export interface NamespaceItem {
  name: string;
  phase: string;
  pods?: number | null;
  failing?: number | null;
}

export type ColumnType =
  | "name"
  | "text"
  | "age"
  | "number"
  | "cpu"
  | "bytes"
  | "ready"
  | "status"
  | "labels"
  | "percent"
  | "kindref"
  | "duration";

export interface Column {
  id: string;
  title: string;
  type: ColumnType;
  priority: number;
  sortable: boolean;
  description?: string | null;
  ref?: string | null;
}

export type Cell = string | number | null | [string, string][];

export interface Row {
  id: number;
  cluster: string;
  namespace?: string | null;
  name: string;
  uid: string;
  tone: Tone;
  cells: Cell[];
}

export interface Facet {
  filter: string;
  label: string;
  count: number;
  tone: Tone;
}

export interface ClusterPart {
  cluster: string;
  state: State;
  scope: Scope;
  gaps: Gap[];
}

export interface ListWindow {
  columns: Column[];
  rows: Row[];
  total: number;
  from: number;
  nextCursor?: string | null;
  prevCursor?: string | null;
  facets: Facet[];
  clusters: ClusterPart[];
  asOf: string;
}

/** A Kubernetes object as the API server returned it: its shape belongs to its kind. */
export type KubernetesObject = { [key: string]: unknown } & {
  apiVersion?: string;
  kind?: string;
  metadata?: {
    name?: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
    finalizers?: string[];
  };
  spec?: { [key: string]: unknown };
  status?: { [key: string]: unknown };
};

export interface ObjectDetail {
  object: KubernetesObject;
  kind: Kind;
  kubectl: string;
}

export interface EventList {
  events: EventItem[];
  historyStart?: string | null;
}

export interface RelatedItem {
  object: ObjectRef;
  tone: Tone;
  status: string;
}

export interface Relation {
  relation: string;
  items: RelatedItem[];
  total: number;
}

export interface ObjectMetrics {
  at: string;
  windowSeconds: number;
  cpu: number;
  memory: number;
  containers: { name: string; cpu: number; memory: number }[];
}

export interface SearchAnswer {
  hits: RelatedItem[];
  gaps: Gap[];
  clusters: { cluster: string; state: State }[];
}

export type Subscription =
  | {
      type: "window";
      kind: string;
      clusters: string[];
      namespaces: string[];
      filter: string;
      sort: string;
      from: number;
      limit: number;
    }
  | { type: "counts"; cluster: string; namespaces: string[] }
  | { type: "fleet" }
  | { type: "overview"; cluster: string }
  | { type: "object"; cluster: string; kind: string; namespace?: string | null; name: string }
  | { type: "kinds"; cluster: string }
  | { type: "namespaces"; cluster: string };

export interface WindowEvent {
  sub: string;
  reset: boolean;
  version: number;
  total: number;
  from: number;
  order?: number[] | null;
  rows?: Row[] | null;
  columns?: Column[] | null;
  facets?: Facet[] | null;
  clusters?: ClusterPart[] | null;
  asOf: string;
}

/** The events of the stream by their name. */
export interface StreamEvents {
  hello: { stream: string; resumed: boolean };
  window: WindowEvent;
  counts: { sub: string; cluster: string; counts: Counts };
  fleet: { sub: string; answer: Answer<Fleet> };
  overview: { sub: string; answer: Answer<Overview> };
  kinds: { sub: string; cluster: string; groups: KindGroup[] };
  namespaces: { sub: string; answer: Answer<NamespaceItem[]> };
  object: { sub: string; uid: string; resourceVersion: string; deleted: boolean };
  problem: { sub: string; problem: Problem };
  bye: { reason: string };
}
