import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { Column, ListWindow, ObjectRef, Row } from "@/api/contract";
import { apiPath, getJson } from "@/api/http";

export interface FoundRow {
  columns: Column[];
  row: Row;
}

/** The object as its list shows it: printer columns come with the row, computed by the API server. Null when it is not there. */
export function useRow(
  { cluster, kind, namespace, name }: ObjectRef,
  enabled: boolean,
): UseQueryResult<FoundRow | null> {
  return useQuery({
    // Under the object's own key, so that a nudge fetches it again.
    queryKey: ["object", cluster, kind, namespace || "_", name, "row"],
    queryFn: async ({ signal }) => {
      const query = { cluster, filter: `name:"${name}"`, limit: 50, ...(namespace ? { namespace } : {}) };
      const window = await getJson<ListWindow>(apiPath(["lists", kind], query), signal);
      const row = window.rows.find(
        (each) => each.name === name && (each.namespace ?? null) === (namespace || null),
      );
      return row ? { columns: window.columns, row } : null;
    },
    enabled,
    staleTime: 5_000,
  });
}
