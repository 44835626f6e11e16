// The record as the console speaks of it.
// Written by hand until the server describes them: contract.ts then takes these names from the description.

import type { Gap } from "./contract";

export type Outcome = "success" | "failure" | "denied" | "unknown";

export interface AuditActor {
  issuer: string;
  subject: string;
  email?: string;
  user?: string;
  groups: string[];
  groupCount: number;
  tier?: string;
  session?: string;
  address?: string;
}

export interface AuditTarget {
  cluster?: string;
  group?: string;
  version?: string;
  resource?: string;
  namespace?: string;
  name?: string;
  subresource?: string;
}

export interface AuditResult {
  outcome: Outcome;
  sequence: number;
  at: string;
  reason?: string;
}

export interface AuditRow {
  chain: string;
  sequence: number;
  at: string;
  requestId: string;
  phase: "intent" | "outcome" | "single";
  outcome?: Outcome;
  intentSequence?: number;
  verb: string;
  actor: AuditActor;
  target?: AuditTarget;
  reason?: string;
  extra: { [key: string]: unknown };
  /** How an intent ended, when rows are folded. */
  result?: AuditResult;
}

export interface AuditPage {
  rows: AuditRow[];
  next?: string;
  scope: "all" | "own";
  searchedTo?: string;
  gaps: Gap[];
}

export interface AuditBucket {
  at: string;
  success: number;
  failure: number;
  denied: number;
  unknown: number;
  open: number;
}

export interface AuditHistogram {
  from: string;
  to: string;
  buckets: AuditBucket[];
  scope: "all" | "own";
}

export interface AuditCheckpoint {
  size: number;
  at: string;
  root: string;
}

export interface AuditPair {
  row: AuditRow;
  pair?: AuditRow;
  hash: string;
  previousHash: string;
  checkpoint?: AuditCheckpoint;
  kubernetesAuditIds: string[];
}

export interface AuditStatus {
  chain: string;
  size: number;
  firstAt?: string;
  lastAt?: string;
  lastCheckpoint?: { size: number; at: string };
  writing: boolean;
  reason?: string;
  scope: "all" | "own";
  verbs: { verb: string; about: string; class: string }[];
  retentionDays?: number;
}
