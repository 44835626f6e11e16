import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Action, ActionPreview, TargetPreview } from "@/api/actions-contract";
import { previewAction } from "@/api/actions";
import type { Problem } from "@/api/contract";
import { asApiError } from "@/api/problem";
import type { ClusterTarget } from "../store";

/** Options are typed: the API server is asked when one pauses. */
const PAUSE_MS = 250;

export interface ClusterConsequence {
  cluster: string;
  /** One of both. */
  preview: ActionPreview | null;
  problem: Problem | null;
}

export interface Consequences {
  clusters: ClusterConsequence[];
  /** What is shown does not belong to the options as they are now. */
  stale: boolean;
  again: () => void;
}

export const byCluster = (targets: readonly ClusterTarget[]): [string, ClusterTarget[]][] => {
  const groups = new Map<string, ClusterTarget[]>();
  for (const target of targets) groups.set(target.cluster, [...(groups.get(target.cluster) ?? []), target]);
  return [...groups];
};

const plain = ({ kind, namespace, name, uid }: ClusterTarget) => ({
  kind,
  ...(namespace ? { namespace } : {}),
  name,
  ...(uid ? { uid } : {}),
});

/** Whether it will be done: found, allowed, and not refused by the dry run. */
export const isDoable = ({ found, allowed, dryRun }: TargetPreview): boolean =>
  found && allowed && dryRun?.accepted !== false;

function useSettledAction(action: Action | null): Action | null {
  const [settled, setSettled] = useState(action);
  const wish = JSON.stringify(action);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(wish) as Action | null), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wish]);
  return settled;
}

/** What the action would do, asked of every cluster. A consequence is never taken from memory. */
export function useConsequences(
  action: Action | null,
  targets: ClusterTarget[],
  enabled: boolean,
): Consequences {
  const settled = useSettledAction(action);
  const query = useQuery({
    queryKey: ["action-preview", settled, targets],
    queryFn: ({ signal }): Promise<ClusterConsequence[]> =>
      Promise.all(
        byCluster(targets).map(async ([cluster, group]) => {
          if (settled === null) return { cluster, preview: null, problem: null };
          try {
            const request = { action: settled, targets: group.map(plain) };
            return { cluster, preview: await previewAction(cluster, request, signal), problem: null };
          } catch (error) {
            if (signal.aborted) throw error;
            return { cluster, preview: null, problem: asApiError(error).problem };
          }
        }),
      ),
    enabled: enabled && settled !== null,
    staleTime: 0,
    gcTime: 0,
    retry: false,
    placeholderData: keepPreviousData,
  });
  const same = JSON.stringify(settled) === JSON.stringify(action);
  return {
    clusters: query.data ?? [],
    stale: action !== null && (!same || query.isFetching || query.isPlaceholderData),
    again: () => void query.refetch(),
  };
}
