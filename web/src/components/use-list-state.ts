import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { parseAwsTab, withAwsTab } from "@/lib/aws-place";
import { formatListState, parseListState, type ListState } from "@/lib/place";

/** The tab of an object's own page, which stands alone in the query string. */
export function usePageTab(): [string, (tab: string) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const tab = new URLSearchParams(search).get("tab") ?? "";
  return [
    tab,
    (next) =>
      navigate(next && next !== "overview" ? `${path}?tab=${encodeURIComponent(next)}` : path, {
        replace: true,
      }),
  ];
}

export type ChangeList = (change: Partial<ListState>, how?: { replace?: boolean }) => void;

/** The part of a list that lives in the query string, and how to change it. */
export function useListState(): [ListState, ChangeList] {
  const search = useSearch();
  const [, navigate] = useLocation();
  const state = useMemo(() => parseListState(search), [search]);
  const change = useCallback<ChangeList>(
    (next, how) => {
      // Read from the address itself: two changes in one tick must not lose each other.
      const list = formatListState({ ...parseListState(location.search), ...next });
      // What the open tab is asked stays with it, and goes when another object or tab is opened.
      const same = next.open === undefined && next.tab === undefined;
      const query = same ? withAwsTab(list, parseAwsTab(location.search)) : list;
      navigate(location.pathname + (query ? `?${query}` : ""), how);
    },
    [navigate],
  );
  return [state, change];
}
