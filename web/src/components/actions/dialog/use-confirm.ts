import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Action, ActionRun, Target } from "@/api/actions-contract";
import { startRun } from "@/api/actions";
import type { Problem } from "@/api/contract";
import { asApiError } from "@/api/problem";
import { isDoable, type ClusterConsequence } from "./use-consequences";

/** What became of the part of one cluster. */
export type Begun = { cluster: string; run: ActionRun } | { cluster: string; problem: Problem };

export interface Confirm {
  /** The request is on its way. */
  sending: boolean;
  begun: Begun[];
  go: (action: Action, clusters: ClusterConsequence[], typed: Record<string, string>) => Promise<Begun[]>;
  /** What could not be begun may be tried again. */
  reset: () => void;
}

export const doableTargets = ({ preview }: ClusterConsequence): Target[] =>
  (preview?.targets ?? []).filter(isDoable).map(({ target }) => target);

/** Does it: one run for each cluster that has something to do. */
export function useConfirm(): Confirm {
  const client = useQueryClient();
  const [sending, setSending] = useState(false);
  const [begun, setBegun] = useState<Begun[]>([]);
  return {
    sending,
    begun,
    reset: () => setBegun([]),
    go: async (action, clusters, typed) => {
      setSending(true);
      const results = await Promise.all(
        clusters.map(async (part): Promise<Begun | null> => {
          const targets = doableTargets(part);
          if (targets.length === 0) return null;
          const { cluster } = part;
          const name = part.preview?.confirmName;
          const confirm = name ? { confirm: typed[name] ?? "" } : {};
          try {
            return { cluster, run: await startRun(client, cluster, { action, targets, ...confirm }) };
          } catch (error) {
            return { cluster, problem: asApiError(error).problem };
          }
        }),
      );
      const happened = results.filter((result) => result !== null);
      setBegun(happened);
      setSending(false);
      return happened;
    },
  };
}
