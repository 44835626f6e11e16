// Actions: what they would do, doing them, and what became of them.
import { useQuery, useQueryClient, type QueryClient, type UseQueryResult } from "@tanstack/react-query";
import type {
  Action,
  ActionPreview,
  ActionRun,
  RevealedKey,
  Revision,
  RevisionList,
  RunList,
  Target,
} from "./actions-contract";
import type { ObjectRef } from "./contract";
import { apiPath, getJson, postJson } from "./http";
import { useLiveQuery } from "./live";

/** An action may take ten seconds before it goes on behind the scenes; a dry run of many objects takes its time too. */
const PATIENCE_MS = 40_000;

const actionPath = (cluster: string, ...more: string[]) => apiPath(["clusters", cluster, "actions", ...more]);

/** What would happen, as the API server sees it now. */
export const previewAction = (
  cluster: string,
  request: { action: Action; targets: Target[] },
  signal: AbortSignal,
): Promise<ActionPreview> =>
  postJson<ActionPreview>(actionPath(cluster, "preview"), request, { signal, deadlineMs: PATIENCE_MS });

export async function startRun(
  client: QueryClient,
  cluster: string,
  request: { action: Action; targets: Target[]; confirm?: string },
): Promise<ActionRun> {
  const run = await postJson<ActionRun>(actionPath(cluster), request, { deadlineMs: PATIENCE_MS });
  client.setQueryData(runKey(run.id), run);
  void client.invalidateQueries({ queryKey: RUNS });
  return run;
}

const RUNS = ["runs"];
const runKey = (id: string) => ["run", id];

/** One run, live until it ends. */
export function useRun(id: string): UseQueryResult<ActionRun> {
  return useLiveQuery<ActionRun>({
    key: runKey(id),
    fetch: (signal) => getJson<ActionRun>(apiPath(["runs", id]), signal),
    subscription: { type: "run", id },
    pick: (event) => (event.name === "run" ? event.data.run : undefined),
  });
}

/** What this person did within the last hour, newest first. */
export function useRuns(): UseQueryResult<ActionRun[]> {
  return useQuery({
    queryKey: RUNS,
    queryFn: async ({ signal }) => (await getJson<RunList>(apiPath(["runs"]), signal)).runs,
    staleTime: 10_000,
    refetchInterval: ({ state }) => (state.data?.some((run) => run.state === "running") ? 3_000 : false),
  });
}

export function useCancelRun(id: string): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await postJson(apiPath(["runs", id, "cancel"]), {});
    void client.invalidateQueries({ queryKey: RUNS });
  };
}

export function useRevisions(ref: ObjectRef, enabled = true): UseQueryResult<Revision[]> {
  return useQuery({
    queryKey: ["object", ref.cluster, ref.kind, ref.namespace || "_", ref.name, "revisions"],
    queryFn: async ({ signal }) =>
      (
        await getJson<RevisionList>(
          apiPath([
            "clusters",
            ref.cluster,
            "objects",
            ref.kind,
            ref.namespace || "_",
            ref.name,
            "revisions",
          ]),
          signal,
        )
      ).revisions,
    enabled,
    staleTime: 0,
    retry: false,
  });
}

/** One value of a Secret. It is handed to the caller alone: no cache keeps it. */
export const revealKey = (secret: ObjectRef, key: string): Promise<RevealedKey> =>
  postJson<RevealedKey>(
    apiPath(["clusters", secret.cluster, "secrets", secret.namespace || "_", secret.name, "reveal"]),
    { key },
  );
