import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useLocation, useSearch } from "wouter";
import { fetchRecord, useRecordHistogram, useRecordNudge, type RecordQuestion } from "@/api/record-queries";
import {
  formatRecordState,
  parseRecordState,
  rangeBounds,
  type RecordState,
  type TimeRange,
} from "@/lib/record-place";
import { RecordFeed, type FeedState } from "./record-feed";
import type { Parameters } from "./record-filter";

export type ChangeRecord = (change: Partial<RecordState>, how?: { replace?: boolean }) => void;

/** What the address says of the record, and how to change it. */
export function useRecordState(): [RecordState, ChangeRecord] {
  const search = useSearch();
  const [, navigate] = useLocation();
  const state = useMemo(() => parseRecordState(search), [search]);
  const change = useCallback<ChangeRecord>(
    (next, how) => {
      // Read from the address itself: two changes in one tick must not lose each other.
      const query = formatRecordState({ ...parseRecordState(location.search), ...next });
      navigate(location.pathname + (query ? `?${query}` : ""), how);
    },
    [navigate],
  );
  return [state, change];
}

/** What is asked now: the bounds of a moving span are taken from the clock. */
export const ask = (parameters: Parameters, range: TimeRange): RecordQuestion => ({
  ...parameters,
  ...rangeBounds(range, Date.now()),
});

const FIGURES_EVERY_MS = 5_000;

/** The last filter that parsed: what is shown while somebody types one that does not. Null before there was any. */
export function useLastGood(parameters: Parameters, problem: unknown): Parameters | null {
  const [good, setGood] = useState(problem ? null : parameters);
  if (!problem && JSON.stringify(good) !== JSON.stringify(parameters)) setGood(parameters);
  return problem ? good : parameters;
}

/** The rows and the figures of one question, kept current while its time still runs. */
export function useRecord(parameters: Parameters | null, range: TimeRange) {
  const on = parameters !== null;
  const key = JSON.stringify([parameters, range]);
  const client = useQueryClient();
  // The key says everything that parameters and range do, and stays the same while they do.
  const question = useCallback(() => {
    const [filter, span] = JSON.parse(key) as [Parameters | null, TimeRange];
    return ask(filter ?? {}, span);
  }, [key]);
  const feed = useMemo(
    () => new RecordFeed((cursor, signal) => fetchRecord(question(), cursor, signal)),
    [question],
  );
  useEffect(() => {
    if (!on) return undefined;
    feed.start();
    return () => feed.stop();
  }, [feed, on]);
  const figures = useRecordHistogram(key, question, on);
  useRecordNudge(() => {
    if ("to" in range && Date.parse(range.to) < Date.now()) return;
    feed.nudge();
    const known = client.getQueryState(["record", "histogram", key]);
    if (Date.now() - (known?.dataUpdatedAt ?? 0) < FIGURES_EVERY_MS) return;
    void client.invalidateQueries({ queryKey: ["record", "histogram", key] });
    void client.invalidateQueries({ queryKey: ["record", "status"] });
  });
  const state: FeedState = useSyncExternalStore(feed.watch, feed.read);
  return { feed, state, figures, question };
}
