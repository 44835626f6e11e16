import type { Amounts, NodeCapacity } from "@/api/contract";

export type Resource = "cpu" | "memory";

export interface NodeBar {
  node: string;
  tone: NodeCapacity["tone"];
  /** Shares of what can be allocated, 0 to 1 and above when over-committed; null when not measured. */
  requested: number;
  used: number | null;
}

const share = (part: number, { allocatable }: Amounts) => (allocatable > 0 ? part / allocatable : 0);

export function nodeBars(nodes: readonly NodeCapacity[], resource: Resource): NodeBar[] {
  return nodes.map((each) => {
    const amounts = each[resource];
    const { used, requested } = amounts;
    return {
      node: each.node,
      tone: each.tone,
      requested: share(requested, amounts),
      used: used === null || used === undefined ? null : share(used, amounts),
    };
  });
}
