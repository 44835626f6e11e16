// The record's questions, as hooks, and its place in the live stream.
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { AuditHistogram, AuditPage, AuditPair, AuditStatus } from "./contract";
import { apiPath, getJson } from "./http";
import { liveStream } from "./live";

/** Parameters of the API, as the filter and the time range make them. */
export type RecordQuestion = Record<string, string | string[]>;

export const PAGE = 200;

export function fetchRecord(
  question: RecordQuestion,
  cursor: string | null,
  signal: AbortSignal,
): Promise<AuditPage> {
  const query = { ...question, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
  return getJson<AuditPage>(apiPath(["audit"], query), signal);
}

/** Where the browser downloads the same rows as a file. */
export const exportHref = (question: RecordQuestion, format: "jsonl" | "csv"): string =>
  apiPath(["audit", "export"], { ...question, format });

const BUCKETS = 60;

/** `key` names the question without the instants that move with the clock. */
export function useRecordHistogram(
  key: string,
  question: () => RecordQuestion,
  enabled: boolean,
): UseQueryResult<AuditHistogram> {
  return useQuery({
    enabled,
    queryKey: ["record", "histogram", key],
    queryFn: ({ signal }) =>
      getJson<AuditHistogram>(apiPath(["audit", "histogram"], { ...question(), buckets: BUCKETS }), signal),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
}

export function useRecordPair(chain: string, sequence: number): UseQueryResult<AuditPair> {
  return useQuery({
    queryKey: ["record", "pair", chain, sequence],
    queryFn: ({ signal }) => getJson<AuditPair>(apiPath(["audit", "rows", chain, String(sequence)]), signal),
  });
}

export function useRecordStatus(enabled = true): UseQueryResult<AuditStatus> {
  return useQuery({
    queryKey: ["record", "status"],
    queryFn: ({ signal }) => getJson<AuditStatus>(apiPath(["audit", "status"]), signal),
    staleTime: 15_000,
    enabled,
  });
}

/** Calls when rows were added, or when some may have been while the stream was away. */
export function useRecordNudge(onNudge: () => void): void {
  const latest = useRef(onNudge);
  useEffect(() => {
    latest.current = onNudge;
  });
  useEffect(() => {
    const leave = liveStream.share({ type: "audit", rows: true }, (event) => {
      if (event.name === "audit") latest.current();
    });
    let { phase } = liveStream.readStatus();
    const unwatch = liveStream.watchStatus(() => {
      const before = phase;
      phase = liveStream.readStatus().phase;
      if (before === "stale" && phase === "live") latest.current();
    });
    return () => {
      unwatch();
      leave();
    };
  }, []);
}

let writing = true;
const watchers = new Set<() => void>();

function watchWriting(watcher: () => void): () => void {
  watchers.add(watcher);
  const leave = liveStream.share({ type: "audit" }, (event) => {
    if (event.name !== "audit" || event.data.writing === writing) return;
    writing = event.data.writing;
    for (const each of watchers) each();
  });
  return () => {
    watchers.delete(watcher);
    leave();
  };
}

/** Whether the record is being written, as the stream says it; and why not, asked for once it is not. */
export function useRecordTrouble(): { reason: string } | null {
  const fine = useSyncExternalStore(watchWriting, () => writing);
  const client = useQueryClient();
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ["record", "status"] });
  }, [client, fine]);
  const status = useRecordStatus(!fine);
  return fine ? null : { reason: status.data?.reason ?? "" };
}
