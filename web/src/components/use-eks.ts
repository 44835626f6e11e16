import type { Cluster } from "@/api/contract";
import { useClusters } from "@/api/queries";

/** On EKS as configured, or by the build of its API server, which the pages about AWS then ask to have configured. */
export const mayBeEks = ({ eks, version }: Cluster): boolean =>
  Boolean(eks) || (version ?? "").includes("-eks-");

/** False only when the cluster is known and is not on EKS: nothing moves while it is not known yet. */
export function useMayBeEks(cluster: string): boolean {
  const one = useClusters().data?.find(({ id }) => id === cluster);
  return one === undefined || mayBeEks(one);
}

/** The account that a cluster belongs to; a principal or role of any other is worth a word. */
export const useOwnAccount = (cluster: string): string | undefined =>
  useClusters().data?.find(({ id }) => id === cluster)?.eks?.accountId;
