import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { accessHref, parseAccess, type AccessState } from "@/lib/aws-place";

export interface AccessPlace {
  state: AccessState;
  change: (next: Partial<AccessState>, how?: { replace: boolean }) => void;
  hrefOf: (next: Partial<AccessState>) => string;
}

/** What the address says of the page of one cluster, and how to change it. */
export function useAccessState(cluster: string): AccessPlace {
  const search = useSearch();
  const [, navigate] = useLocation();
  const state = useMemo(() => parseAccess(search), [search]);
  const change = useCallback<AccessPlace["change"]>(
    // Read from the address itself: two changes in one tick must not lose each other.
    (next, how) => navigate(accessHref(cluster, { ...parseAccess(location.search), ...next }), how),
    [cluster, navigate],
  );
  return { state, change, hrefOf: (next) => accessHref(cluster, { ...state, ...next }) };
}
