// The questions about AWS, as hooks. None of them is live: the server reads AWS in the background, and what it
// has read is asked for again when its state says that there is something newer.
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from "@tanstack/react-query";
import { useEffect } from "react";
import type {
  AccountIdentity,
  AwsAccess,
  AwsAnswer,
  AwsStatus,
  ClusterAccess,
  FindingList,
  PodIdentity,
  RoleItem,
  ServiceGrants,
  WhoCan,
  WhyAnswer,
  Workload,
} from "./aws-contract";
import { apiPath, getJson, postJson } from "./http";

const STATUS_EVERY_MS = 30_000;
/** The server waits up to 20 s for AWS, then answers with what there is. */
const REFRESH_DEADLINE_MS = 25_000;

const awsPath = (cluster: string, parts: string[], query: Parameters<typeof apiPath>[1] = {}) =>
  apiPath(["clusters", cluster, "aws", ...parts], query);
const workloadPath = ({ cluster, kind, namespace, name }: Workload, ...more: string[]) =>
  awsPath(cluster, ["workloads", kind, namespace || "_", name, ...more]);
const workloadKey = ({ cluster, kind, namespace, name }: Workload, ...more: unknown[]) => [
  "aws",
  cluster,
  "workload",
  kind,
  namespace,
  name,
  ...more,
];

const useAws = <T>(cluster: string, parts: string[]): UseQueryResult<AwsAnswer<T>> =>
  useQuery({
    queryKey: ["aws", cluster, ...parts],
    queryFn: ({ signal }) => getJson<AwsAnswer<T>>(awsPath(cluster, parts), signal),
    staleTime: STATUS_EVERY_MS,
  });

export const useClusterAccess = (cluster: string) => useAws<ClusterAccess>(cluster, ["access"]);
export const useServiceAccounts = (cluster: string) =>
  useAws<{ accounts: AccountIdentity[] }>(cluster, ["service-accounts"]);
export const useRoles = (cluster: string) => useAws<{ roles: RoleItem[] }>(cluster, ["roles"]);
export const useFindings = (cluster: string) => useAws<FindingList>(cluster, ["findings"]);

export const useFleetFindings = (): UseQueryResult<AwsAnswer<FindingList>> =>
  useQuery({
    queryKey: ["who-can", "findings"],
    queryFn: ({ signal }) => getJson<AwsAnswer<FindingList>>(apiPath(["identity", "findings"]), signal),
    staleTime: STATUS_EVERY_MS,
    refetchInterval: STATUS_EVERY_MS,
  });

/** What changes in a state when AWS was read again. */
const readings = (status: AwsStatus): string =>
  status.parts.map(({ part, state, at }) => `${part} ${state} ${at ?? ""}`).join(", ");

/** How far AWS has been read for a cluster; when a part is read anew, everything of it is asked for again. */
export function useAwsStatus(cluster: string): UseQueryResult<AwsAnswer<AwsStatus>> {
  const client = useQueryClient();
  const status = useQuery({
    queryKey: ["aws-status", cluster],
    queryFn: ({ signal }) => getJson<AwsAnswer<AwsStatus>>(awsPath(cluster, ["status"]), signal),
    refetchInterval: STATUS_EVERY_MS,
    staleTime: 5_000,
  });
  const now = status.data && readings(status.data.data);
  useEffect(() => {
    if (now === undefined) return;
    const seen = client.getQueryData<string>(["aws-readings", cluster]);
    client.setQueryData(["aws-readings", cluster], now);
    if (seen === undefined || seen === now) return;
    void client.invalidateQueries({ queryKey: ["aws", cluster] });
    void client.invalidateQueries({ queryKey: ["who-can"] });
  }, [client, cluster, now]);
  return status;
}

/** Has AWS read again, now. */
export function useAwsRefresh(cluster: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      postJson<AwsAnswer<AwsStatus>>(awsPath(cluster, ["refresh"]), {}, { deadlineMs: REFRESH_DEADLINE_MS }),
    onSuccess: async (status) => {
      client.setQueryData(["aws-status", cluster], status);
      await Promise.all([
        client.invalidateQueries({ queryKey: ["aws", cluster] }),
        client.invalidateQueries({ queryKey: ["who-can"] }),
      ]);
    },
  });
}

export function useAwsAccess(workload: Workload, enabled = true): UseQueryResult<AwsAnswer<AwsAccess>> {
  return useQuery({
    queryKey: workloadKey(workload),
    queryFn: ({ signal }) => getJson<AwsAnswer<AwsAccess>>(workloadPath(workload), signal),
    staleTime: 10_000,
    enabled,
  });
}

/** Everything that a workload may do with one service. */
export function useServiceGrants(
  workload: Workload,
  service: string,
  enabled: boolean,
): UseQueryResult<AwsAnswer<ServiceGrants>> {
  return useQuery({
    queryKey: workloadKey(workload, "service", service),
    queryFn: ({ signal }) =>
      getJson<AwsAnswer<ServiceGrants>>(workloadPath(workload, "services", service), signal),
    staleTime: 30_000,
    enabled,
  });
}

export function useWorkloadPods(
  workload: Workload,
  enabled: boolean,
): UseQueryResult<AwsAnswer<{ pods: PodIdentity[]; total: number }>> {
  return useQuery({
    queryKey: workloadKey(workload, "pods"),
    queryFn: ({ signal }) =>
      getJson<AwsAnswer<{ pods: PodIdentity[]; total: number }>>(workloadPath(workload, "pods"), signal),
    staleTime: 10_000,
    enabled,
  });
}

/** Where the browser downloads what a workload may do, as a policy document. */
export const policyHref = (workload: Workload): string => workloadPath(workload, "policy");

export interface WhyQuestion {
  workload: Workload;
  action: string;
  resource: string;
}

export function useWhy({ workload, action, resource }: WhyQuestion): UseQueryResult<AwsAnswer<WhyAnswer>> {
  const { cluster, kind, namespace, name } = workload;
  return useQuery({
    queryKey: workloadKey(workload, "why", action, resource),
    queryFn: ({ signal }) =>
      getJson<AwsAnswer<WhyAnswer>>(
        awsPath(cluster, ["why"], {
          kind,
          namespace: namespace ?? "",
          name,
          action,
          resource: resource || undefined,
        }),
        signal,
      ),
    staleTime: 10_000,
    retry: false,
  });
}

export interface WhoCanQuestion {
  action: string;
  resource: string;
  namespace: string;
  clusters: string[];
}

const PAGE = 100;

/** The workloads that may do something, a page at a time. */
export function useWhoCan({ action, resource, namespace, clusters }: WhoCanQuestion) {
  return useInfiniteQuery({
    queryKey: ["who-can", action, resource, namespace, clusters],
    queryFn: ({ signal, pageParam }) =>
      getJson<AwsAnswer<WhoCan>>(
        apiPath(["identity", "who-can"], {
          action,
          resource: resource || undefined,
          namespace: namespace || undefined,
          cluster: clusters,
          limit: PAGE,
          cursor: pageParam || undefined,
        }),
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.data.next ?? undefined,
    enabled: action !== "",
    staleTime: 15_000,
    retry: false,
    placeholderData: keepPreviousData,
  });
}
