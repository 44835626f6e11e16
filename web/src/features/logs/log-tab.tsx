import type { DockWish } from "@/components/dock";
import { ClusterText } from "@/components/cluster-text";

export function LogTab({ wish }: { wish: Extract<DockWish, { kind: "logs" }> }) {
  return <ClusterText text={wish.object.name} />;
}
