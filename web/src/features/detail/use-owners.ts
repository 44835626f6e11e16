import { useQuery } from "@tanstack/react-query";
import type { KubernetesObject, ObjectRef } from "@/api/contract";
import { objectQuery } from "@/api/queries";
import { controllerOf, type Owner } from "./facts/owner";

/** Who made the object, and who made that: Deployment › ReplicaSet. The one furthest away comes first. */
export function useOwners(ref: ObjectRef, object: KubernetesObject | undefined): Owner[] {
  const near = object && controllerOf(ref, object);
  const step = useQuery({
    ...objectQuery(near?.object ?? ref),
    enabled: Boolean(near),
    retry: false,
    staleTime: 60_000,
  });
  if (!near) return [];
  const far = step.data && controllerOf(near.object, step.data.data.object);
  return far ? [far, near] : [near];
}
