// Every question the console asks, as a hook. Live ones are kept current by the stream.
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect } from "react";
import type {
  Answer,
  AuthOptions,
  Cluster,
  ClusterList,
  CountList,
  Counts,
  EventList,
  Fleet,
  KindGroup,
  KindList,
  ListWindow,
  NamespaceItem,
  ObjectDetail,
  ObjectMetrics,
  ObjectRef,
  Overview,
  Relation,
  SearchAnswer,
  Session,
  SessionItem,
  SessionList,
} from "./contract";
import { apiPath, getJson, getText, send } from "./http";
import { liveStream, useLiveQuery } from "./live";

export function useSession(): UseQueryResult<Session> {
  return useQuery({
    queryKey: ["session"],
    queryFn: ({ signal }) => getJson<Session>(apiPath(["session"]), signal),
    staleTime: Infinity,
    retry: false,
  });
}

export function useAuthOptions(enabled = true): UseQueryResult<AuthOptions> {
  return useQuery({
    queryKey: ["auth-options"],
    queryFn: ({ signal }) => getJson<AuthOptions>(apiPath(["auth", "options"]), signal),
    staleTime: Infinity,
    enabled,
  });
}

/** Signs in as a demo persona. The page is loaded anew by the caller, so that nothing of the former user stays. */
export const signInAs = (persona: string): Promise<void> =>
  send("POST", apiPath(["auth", "demo"]), { persona });
export const signOut = (everywhere = false): Promise<void> =>
  send("POST", apiPath(["auth", "logout"]), everywhere ? { everywhere } : {});

/** Where a provider's sign-in begins; it comes back to `returnTo`. */
export const loginHref = (provider: string, returnTo: string): string =>
  apiPath(["auth", "login"], { provider, returnTo });

/** The sessions that are open: one's own, or everybody's for who may see them. */
export function useSessions(all: boolean): UseQueryResult<SessionItem[]> {
  return useQuery({
    queryKey: ["sessions", all],
    queryFn: async ({ signal }) =>
      (await getJson<SessionList>(apiPath(["sessions"], all ? { all: "true" } : {}), signal)).sessions,
    refetchInterval: 15_000,
  });
}

export const revokeSession = (id: string): Promise<void> => send("DELETE", apiPath(["sessions", id]));

export function useClusters(): UseQueryResult<Cluster[]> {
  return useQuery({
    queryKey: ["clusters"],
    queryFn: async ({ signal }) => (await getJson<ClusterList>(apiPath(["clusters"]), signal)).clusters,
    staleTime: 5_000,
    refetchInterval: 10_000,
  });
}

export function useFleet(): UseQueryResult<Answer<Fleet>> {
  return useLiveQuery({
    key: ["fleet"],
    fetch: (signal) => getJson<Answer<Fleet>>(apiPath(["fleet"]), signal),
    subscription: { type: "fleet" },
    pick: (event) => (event.name === "fleet" ? event.data.answer : undefined),
  });
}

export function useOverview(cluster: string): UseQueryResult<Answer<Overview>> {
  return useLiveQuery({
    key: ["overview", cluster],
    fetch: (signal) => getJson<Answer<Overview>>(apiPath(["clusters", cluster, "overview"]), signal),
    subscription: { type: "overview", cluster },
    pick: (event) => (event.name === "overview" ? event.data.answer : undefined),
  });
}

const fetchKinds = async (cluster: string, signal: AbortSignal): Promise<KindGroup[]> =>
  (await getJson<KindList>(apiPath(["clusters", cluster, "kinds"]), signal)).groups;

/** For asking several clusters at once. */
export const kindsQuery = (cluster: string) => ({
  queryKey: ["kinds", cluster],
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchKinds(cluster, signal),
  staleTime: 60_000,
});

export const namespacesQuery = (cluster: string) => ({
  queryKey: ["namespaces", cluster],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    getJson<Answer<NamespaceItem[]>>(apiPath(["clusters", cluster, "namespaces"]), signal),
  staleTime: 15_000,
});

export function useKinds(cluster: string | null): UseQueryResult<KindGroup[]> {
  return useLiveQuery({
    key: ["kinds", cluster],
    fetch: (signal) => fetchKinds(cluster ?? "", signal),
    subscription: { type: "kinds", cluster: cluster ?? "" },
    pick: (event) => (event.name === "kinds" ? event.data.groups : undefined),
    enabled: cluster !== null,
  });
}

export function useCounts(cluster: string | null, namespaces: string[]): UseQueryResult<Counts> {
  return useLiveQuery({
    key: ["counts", cluster, namespaces],
    fetch: async (signal) =>
      (
        await getJson<CountList>(
          apiPath(["clusters", cluster ?? "", "counts"], { namespace: namespaces }),
          signal,
        )
      ).counts,
    subscription: { type: "counts", cluster: cluster ?? "", namespaces },
    pick: (event) => (event.name === "counts" ? event.data.counts : undefined),
    enabled: cluster !== null,
  });
}

export function useNamespaces(
  cluster: string | null,
  enabled = true,
): UseQueryResult<Answer<NamespaceItem[]>> {
  return useLiveQuery({
    key: ["namespaces", cluster],
    fetch: (signal) =>
      getJson<Answer<NamespaceItem[]>>(apiPath(["clusters", cluster ?? "", "namespaces"]), signal),
    subscription: { type: "namespaces", cluster: cluster ?? "" },
    pick: (event) => (event.name === "namespaces" ? event.data.answer : undefined),
    enabled: enabled && cluster !== null,
  });
}

const objectParts = (ref: ObjectRef, ...more: string[]) => [
  "clusters",
  ref.cluster,
  "objects",
  ref.kind,
  ref.namespace || "_",
  ref.name,
  ...more,
];

const objectKey = (ref: ObjectRef, ...more: unknown[]) => [
  "object",
  ref.cluster,
  ref.kind,
  ref.namespace || "_",
  ref.name,
  ...more,
];

/** One object as it is now, without following it. */
export const objectQuery = (ref: ObjectRef) => ({
  queryKey: objectKey(ref),
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    getJson<Answer<ObjectDetail>>(apiPath(objectParts(ref)), signal),
  staleTime: 2_000,
});

/** One object, live as the human. The stream nudges; object, YAML and related are then fetched again. */
export function useObject(ref: ObjectRef): UseQueryResult<Answer<ObjectDetail>> {
  const client = useQueryClient();
  const { cluster, kind, name } = ref;
  const namespace = ref.namespace || "_";
  useEffect(() => {
    // An object that changes many times a second is fetched a few times a second at most.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refetch = () => {
      timer = undefined;
      void client.invalidateQueries({ queryKey: ["object", cluster, kind, namespace, name] });
    };
    const leave = liveStream.share(
      { type: "object", cluster, kind, namespace: namespace === "_" ? null : namespace, name },
      (event) => {
        if (event.name === "object") timer ??= setTimeout(refetch, 250);
      },
    );
    // What happened while the stream was away is not told again.
    let { phase } = liveStream.readStatus();
    const unwatch = liveStream.watchStatus(() => {
      const before = phase;
      phase = liveStream.readStatus().phase;
      if (before === "stale" && phase === "live") timer ??= setTimeout(refetch, 250);
    });
    return () => {
      clearTimeout(timer);
      unwatch();
      leave();
    };
  }, [client, cluster, kind, namespace, name]);
  return useQuery(objectQuery(ref));
}

export function useObjectYaml(
  ref: ObjectRef,
  managedFields: boolean,
  enabled = true,
): UseQueryResult<string> {
  return useQuery({
    enabled,
    queryKey: objectKey(ref, "yaml", managedFields),
    queryFn: ({ signal }) =>
      getText(apiPath(objectParts(ref, "yaml"), { managedFields: String(managedFields) }), signal),
  });
}

export function useObjectEvents(ref: ObjectRef, enabled = true): UseQueryResult<Answer<EventList>> {
  return useQuery({
    enabled,
    queryKey: objectKey(ref, "events"),
    queryFn: ({ signal }) => getJson<Answer<EventList>>(apiPath(objectParts(ref, "events")), signal),
    refetchInterval: 10_000,
  });
}

export function useRelated(ref: ObjectRef, enabled = true): UseQueryResult<Answer<Relation[]>> {
  return useQuery({
    enabled,
    queryKey: objectKey(ref, "related"),
    queryFn: ({ signal }) => getJson<Answer<Relation[]>>(apiPath(objectParts(ref, "related")), signal),
    refetchInterval: 15_000,
  });
}

export function useObjectMetrics(
  ref: ObjectRef,
  enabled = true,
): UseQueryResult<Answer<ObjectMetrics | null>> {
  return useQuery({
    queryKey: objectKey(ref, "metrics"),
    queryFn: ({ signal }) =>
      getJson<Answer<ObjectMetrics | null>>(apiPath(objectParts(ref, "metrics")), signal),
    refetchInterval: 15_000,
    retry: false,
    enabled,
  });
}

export function useSearch(text: string): UseQueryResult<SearchAnswer> {
  return useQuery({
    queryKey: ["search", text],
    queryFn: ({ signal }) => getJson<SearchAnswer>(apiPath(["search"], { q: text, limit: 20 }), signal),
    enabled: text.length >= 2,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
}

export interface ListQuestion {
  kind: string;
  clusters: string[];
  namespaces: string[];
  filter: string;
  sort: string;
}

/** Rows of a list, once; lists on the page are live and come through the stream. At most 500. */
export function fetchWindow(question: ListQuestion, from: number, limit: number): Promise<ListWindow> {
  const { kind, clusters: cluster, namespaces: namespace, filter, sort } = question;
  return getJson<ListWindow>(apiPath(["lists", kind], { cluster, namespace, filter, sort, from, limit }));
}
