import { rec, str } from "./read";

/** What a node's labels tell of the machine under it, whoever wrote them. */
export interface Machine {
  instance?: string | undefined;
  /** `spot`, `on-demand`. */
  lifecycle?: string | undefined;
  zone?: string | undefined;
  architecture?: string | undefined;
  nodePool?: string | undefined;
  nodeGroup?: string | undefined;
  roles: string[];
}

export function readMachine(from: unknown): Machine {
  const labels = rec(from);
  const of = (...names: string[]) => names.map((name) => str(labels[name])).find(Boolean);
  const capacity = of("karpenter.sh/capacity-type", "eks.amazonaws.com/capacityType");
  return {
    instance: of("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"),
    lifecycle: capacity?.toLowerCase().replace("_", "-"),
    zone: of("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"),
    architecture: of("kubernetes.io/arch", "beta.kubernetes.io/arch"),
    nodePool: of("karpenter.sh/nodepool"),
    nodeGroup: of("eks.amazonaws.com/nodegroup", "alpha.eksctl.io/nodegroup-name"),
    roles: Object.keys(labels).flatMap((key) => /^node-role\.kubernetes\.io\/(.+)$/.exec(key)?.[1] ?? []),
  };
}
