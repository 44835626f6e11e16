import type { UseQueryResult } from "@tanstack/react-query";
import { asApiError } from "@/api/problem";
import { ClusterText } from "@/components/cluster-text";

/** What is shown is not what is there now: the last answer stays, and says why no newer one came. */
export function NotRefreshed({ query }: { query: Pick<UseQueryResult, "error" | "data"> }) {
  if (!query.error || query.data === undefined) return null;
  return (
    <p role="status" className="mb-3 rounded bg-warning-soft px-3 py-1 text-sm text-warning">
      Not refreshed: <ClusterText text={asApiError(query.error).problem.detail} />
    </p>
  );
}
