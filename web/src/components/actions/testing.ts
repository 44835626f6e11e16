// Kinds as discovery tells of them, for tests.
import type { Kind } from "@/api/contract";

export function kindOf(id: string, kind: string, more: Partial<Kind> = {}): Kind {
  const [resource = "", ...group] = id.split(".");
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
    verbs: ["get", "list", "watch", "patch", "update", "create", "delete"],
    custom: false,
    served: "rows",
    ...more,
  };
}

export const DEPLOYMENT = kindOf("deployments.apps", "Deployment");
export const NODE = kindOf("nodes", "Node", { namespaced: false });
