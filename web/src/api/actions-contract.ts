// The shapes of permissions asked for, actions and their runs.
import type { ObjectRef, Permission, Tone } from "./contract";

export interface Grant {
  kind: string;
  name: string;
  namespace?: string | null;
  tier?: string | null;
}

/** Whether the human may, and who could let them. */
export interface CanI {
  permission: Permission;
  allowed: boolean;
  /** Why not, or why it is not known. */
  reason?: string | null;
  grantedBy: Grant[];
}

export interface CanIAnswer {
  answers: CanI[];
  rbacReadable: boolean;
}

export type Propagation = "background" | "foreground" | "orphan";

export type Action =
  | { type: "scale"; replicas: number }
  | { type: "restart" | "pause" | "resume" | "cordon" | "uncordon" | "suspend" | "unsuspend" }
  | { type: "rollback"; revision: number }
  | {
      type: "drain";
      gracePeriodSeconds?: number;
      timeoutSeconds?: number;
      deleteEmptyDirData: boolean;
      force: boolean;
    }
  | { type: "evict"; gracePeriodSeconds?: number }
  | { type: "delete"; propagation: Propagation; gracePeriodSeconds?: number }
  | { type: "trigger"; name?: string }
  | { type: "label" | "annotate"; set: Record<string, string>; remove: string[] };

export type ActionType = Action["type"];

export interface Target {
  kind: string;
  namespace?: string | null;
  name: string;
  uid?: string | null;
  resourceVersion?: string | null;
}

export interface Notice {
  code: string;
  tone: Tone;
  text: string;
  object?: ObjectRef | null;
}

export interface TargetPreview {
  target: Target;
  found: boolean;
  allowed: boolean;
  needs: Permission[];
  reason?: string | null;
  /** `3 → 5 replicas`. */
  change?: string | null;
  /** Unified, of the object's YAML. */
  diff?: string | null;
  warnings: Notice[];
  dryRun?: { accepted: boolean; message?: string | null } | null;
  kubectl: string;
}

export interface DrainPlanPod {
  namespace: string;
  name: string;
  ownerKind?: string | null;
  fate: "evict" | "daemonSet" | "mirror" | "emptyDir" | "unmanaged" | "finished" | "blocked";
  blockedBy?: string | null;
}

export interface ActionPreview {
  verb: string;
  summary: string;
  /** What has to be typed before this is done in production. */
  confirmName?: string | null;
  targets: TargetPreview[];
  warnings: Notice[];
  drain?: { pods: DrainPlanPod[] } | null;
}

export type ResultState = "waiting" | "running" | "success" | "failure" | "denied" | "unknown" | "cancelled";

export interface ActionResult {
  target: Target;
  state: ResultState;
  message?: string | null;
  code?: string | null;
  needs: Permission[];
  created?: ObjectRef | null;
  audit?: { chain: string; sequence: number } | null;
}

export interface DrainRunPod {
  namespace: string;
  name: string;
  state: "waiting" | "evicting" | "terminating" | "gone" | "blocked" | "skipped" | "failed";
  reason?: string | null;
  blockedBy?: string | null;
}

export interface ActionRun {
  id: string;
  cluster: string;
  action: Action;
  verb: string;
  summary: string;
  startedBy: string;
  startedAt: string;
  finishedAt?: string | null;
  state: "running" | "done" | "cancelled";
  done: number;
  total: number;
  results: ActionResult[];
  drain?: { pods: DrainRunPod[] } | null;
}

export interface Revision {
  revision: number;
  name: string;
  createdAt: string;
  changeCause?: string | null;
  images: string[];
  current: boolean;
  replicas?: number | null;
  /** Unified, of the pod template: from this revision to the current one. */
  diff: string;
}

export interface RevealedKey {
  key: string;
  encoding: "utf8" | "base64";
  value: string;
  bytes: number;
}
