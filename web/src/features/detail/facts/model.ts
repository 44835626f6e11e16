// What a kind's overview consists of, as data: builders make it from an object, renderers show it.
import type {
  EventItem,
  KubernetesObject,
  NodeCapacity,
  ObjectMetrics,
  ObjectRef,
  Relation,
  Tone,
} from "@/api/contract";
import type { Rec } from "./read";

/** A piece of a line. Text is always text: a link is an object of this console or one of its own addresses. */
export interface Span {
  text: string;
  mono?: boolean;
  muted?: boolean;
  tone?: Tone;
  object?: ObjectRef;
  /** An address made by `lib/place`. */
  href?: string;
  /** A time, shown as an age that ticks; `text` stands before it. */
  since?: string | number;
}

export type Value = string | Span | readonly (string | Span)[];

export interface Fact {
  label: string;
  lines: Value[];
}

export interface Verdict {
  tone: Tone;
  /** One or two words for the head of the pane: `CrashLoopBackOff`. */
  status: string;
  /** What is the matter, as a sentence. */
  title: Value;
  /** Why, and what to look at next. */
  detail: Value[];
}

export interface Condition {
  type: string;
  status: string;
  tone: Tone;
  reason?: string | undefined;
  message?: string | undefined;
  since?: string | undefined;
}

export type Unit = "cpu" | "memory" | "count";

/** One bar: use against request and limit, or against what there is. Millicores, bytes or a count. */
export interface Gauge {
  label: string;
  unit: Unit;
  total: number;
  /** Null: not measured. Undefined: nothing to measure. */
  used?: number | null | undefined;
  requested?: number | undefined;
  mark?: number | undefined;
  tone: "accent" | "ok" | "warning" | "danger" | "neutral";
  text: string;
}

export interface ContainerFacts {
  name: string;
  role: "container" | "init" | "sidecar" | "ephemeral";
  image: string;
  tone: Tone;
  /** `Running`, `CrashLoopBackOff`, `exited 137 (OOMKilled)`; absent in a template. */
  state?: Value | undefined;
  message?: string | undefined;
  last?: Value | undefined;
  restarts: number;
  facts: Fact[];
}

export interface Entry {
  key: string;
  bytes: number;
  /** Absent when it is masked or binary. */
  value?: string | undefined;
  note?: string | undefined;
}

export type Block =
  | { type: "facts"; title: string; facts: Fact[] }
  | { type: "table"; title: string; columns: string[]; rows: Value[][]; empty?: string; note?: string }
  | { type: "conditions"; title: string; items: Condition[] }
  | { type: "containers"; title: string; items: ContainerFacts[] }
  | { type: "gauges"; title: string; items: Gauge[]; note?: string | undefined }
  | {
      type: "labels";
      title: string;
      pairs: [string, string][];
      kind?: string;
      cluster?: string;
      folded?: boolean;
    }
  /** `secret`: the values are masked, and can be revealed one at a time. */
  | { type: "entries"; title: string; entries: Entry[]; note?: string; secret?: boolean }
  | { type: "tree"; title: string; value: unknown; folded?: boolean }
  | { type: "related"; title: string; relations: string[]; kinds?: string[]; href?: string | undefined }
  | { type: "counts"; title: string }
  | { type: "events" }
  | { type: "printer" };

export interface Facts {
  verdict: Verdict | null;
  /** The evidence, first. */
  main: Block[];
  /** Facts to look up: beside the evidence when there is room, below it otherwise. */
  side: Block[];
}

/** What is known around an object; each part absent until it is known. */
export interface Surroundings {
  /** Null: asked, not measured. */
  metrics?: ObjectMetrics | null | undefined;
  /** A node's part of its cluster's overview. */
  node?: NodeCapacity | undefined;
  /** What has been told about the object. */
  events?: EventItem[] | undefined;
  related?: Relation[] | undefined;
  /** The node a pod runs on. */
  machine?: KubernetesObject | undefined;
}

export interface Subject extends Surroundings {
  ref: ObjectRef;
  object: KubernetesObject;
  spec: Rec;
  status: Rec;
  /** The kind id for an owner's apiVersion and kind. */
  kindId: (apiVersion: string, kind: string) => string;
  nowSeconds: number;
}

export type Builder = (subject: Subject) => Facts;
