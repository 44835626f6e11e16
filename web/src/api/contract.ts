// The shapes that the server speaks, by the names the console uses. All but the last come from its OpenAPI document.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Tone = Schemas["Tone"];
export type Phase = Schemas["Phase"];
export type State = Schemas["State"];
export type Permission = Schemas["Permission"];
export type Gap = Schemas["Gap"];
export type Problem = Schemas["Problem"];
export type Scope = Schemas["Scope"];
export type Source = Schemas["Source"];
export type ObjectRef = Schemas["ObjectRef"];

/** The one envelope of every derived answer. */
export type Answer<T> = Omit<Schemas["Answer_Fleet"], "data"> & { data: T };

export type Persona = Schemas["PersonaOption"];
export type AuthOptions = Schemas["AuthOptions"];
export type Session = Schemas["Session"];
export type SessionCluster = Session["clusters"][number];
export type SessionItem = Schemas["SessionItem"];
export type SessionList = Schemas["SessionList"];

export type Environment = Schemas["Environment"];
export type Cluster = Schemas["Cluster"];
export type ClusterList = Schemas["ClusterList"];
export type Amounts = Schemas["Amounts"];
export type Capacity = Schemas["Capacity"];
export type PodTotals = Schemas["PodTotals"];
export type Signal = Schemas["Signal"];
export type Fleet = Schemas["Fleet"];
export type FleetCluster = Schemas["FleetCluster"];
export type NodeCapacity = Schemas["NodeCapacity"];
export type Rollout = Schemas["Rollout"];
export type Overview = Schemas["Overview"];

export type Kind = Schemas["Kind"];
export type KindGroup = Schemas["KindGroup"];
export type KindList = Schemas["KindList"];
export type Count = Schemas["Count"];
export type CountList = Schemas["Counts"];
export type Counts = CountList["counts"];
export type NamespaceItem = Schemas["NamespaceItem"];

export type ListWindow = Schemas["Window"];
export type Row = Schemas["Row"];
export type Cell = Schemas["Cell"];
export type Facet = Schemas["Facet"];
export type ClusterPart = Schemas["ClusterPart"];
/** The table itself shows names and places; they are columns like the server's own. */
export type ColumnType = Schemas["ColumnType"] | "name";
export type Column = Omit<Schemas["Column"], "type"> & { type: ColumnType };

export type EventItem = Schemas["EventItem"];
export type EventList = Schemas["ObjectEvents"];
export type RelatedItem = Schemas["RelatedItem"];
export type Relation = Schemas["Relation"];
export type ObjectMetrics = Schemas["ObjectMetrics"];
export type SearchAnswer = Schemas["SearchAnswer"];

export type Outcome = Schemas["Outcome"];
/** What is not known of somebody is absent. */
type Unsaid = "email" | "user" | "tier" | "session" | "address";
export type AuditActor = Omit<Schemas["AuditActor"], Unsaid> & Partial<Pick<Schemas["AuditActor"], Unsaid>>;
export type AuditTarget = Schemas["AuditTarget"];
export type AuditRow = Omit<Schemas["AuditRow"], "actor" | "extra"> & {
  actor: AuditActor;
  extra: { [key: string]: unknown };
};
export type AuditPage = Omit<Schemas["AuditPage"], "rows"> & { rows: AuditRow[] };
export type AuditBucket = Schemas["AuditBucket"];
export type AuditHistogram = Schemas["AuditHistogram"];
export type AuditPair = Omit<Schemas["AuditPair"], "row" | "pair"> & { row: AuditRow; pair?: AuditRow | null };
export type AuditStatus = Schemas["AuditStatus"];

export type Subscription = Schemas["Subscription"];
export type WindowEvent = Schemas["WindowEvent"];
/** The events of the stream by their name; `problem` is what became of a subscription that was refused. */
export type StreamEvents = Schemas["StreamEvents"] & { problem: { sub: string; problem: Problem } };

export type ObjectDetail = Omit<Schemas["ObjectDetail"], "object"> & { object: KubernetesObject };

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
