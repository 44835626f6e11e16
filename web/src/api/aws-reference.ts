// What is known of AWS itself, the same for everybody and every cluster.
import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { ActionList, SensitiveCatalog } from "./aws-contract";
import { apiPath, getJson } from "./http";

export function useSensitiveCatalog(): UseQueryResult<SensitiveCatalog> {
  return useQuery({
    queryKey: ["sensitive-catalog"],
    queryFn: ({ signal }) => getJson<SensitiveCatalog>(apiPath(["identity", "sensitive-catalog"]), signal),
    staleTime: Infinity,
  });
}

/** Actions of AWS that begin with what was typed. */
export function useActions(prefix: string, enabled = true, limit = 12): UseQueryResult<ActionList> {
  return useQuery({
    queryKey: ["aws-actions", prefix, limit],
    queryFn: ({ signal }) => getJson<ActionList>(apiPath(["identity", "actions"], { prefix, limit }), signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    enabled,
  });
}
