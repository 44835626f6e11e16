import type { KubernetesObject, ObjectRef } from "@/api/contract";
import { kindFinder } from "./kinds";

export interface Owner {
  kind: string;
  object: ObjectRef;
}

/** Kinds of no namespace that own things of one. */
export const CLUSTER_SCOPED = /^(nodes|namespaces|persistentvolumes|nodepools\.|nodeclaims\.|clusterroles\.)/;

// Without discovery: a crumb must not wait for it.
const find = kindFinder(undefined);

/** The owner that controls an object. */
export function controllerOf(ref: ObjectRef, object: KubernetesObject): Owner | null {
  const owner = object.metadata?.ownerReferences?.find((each) => each.controller);
  if (!owner) return null;
  const kind = find(owner.apiVersion, owner.kind);
  const namespace = CLUSTER_SCOPED.test(kind) ? null : (ref.namespace ?? null);
  return { kind: owner.kind, object: { cluster: ref.cluster, kind, namespace, name: owner.name } };
}
