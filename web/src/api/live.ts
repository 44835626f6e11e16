import { useEffect, useSyncExternalStore } from "react";
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import type { Subscription } from "./contract";
import { send } from "./http";
import { LiveStream, type StreamEvent, type StreamStatus } from "./stream/stream";

/** The stream of this tab. Only this module and the list's window store subscribe to it. */
export const liveStream = new LiveStream({
  open: (path, headers, signal) =>
    fetch(path, { headers, signal, credentials: "same-origin", cache: "no-store" }),
  put: (path, body) => send("PUT", path, body),
  remove: (path) => send("DELETE", path),
  wait: (ms) =>
    new Promise((resolve) => {
      const done = () => {
        removeEventListener("online", done);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, ms);
      addEventListener("online", done);
    }),
  now: () => Date.now(),
});

export function useStreamStatus(): StreamStatus {
  return useSyncExternalStore(liveStream.watchStatus, liveStream.readStatus);
}

interface LiveQuery<T> {
  key: readonly unknown[];
  fetch: (signal: AbortSignal) => Promise<T>;
  subscription: Subscription;
  /** The new value in a stream event, or undefined when the event has none. */
  pick: (event: StreamEvent) => T | undefined;
  enabled?: boolean;
}

/** A query that is fetched once for the first paint and then kept current by the stream. */
export function useLiveQuery<T>({
  key,
  fetch,
  subscription,
  pick,
  enabled = true,
}: LiveQuery<T>): UseQueryResult<T> {
  const client = useQueryClient();
  const wish = JSON.stringify(subscription);
  const name = JSON.stringify(key);
  useEffect(() => {
    if (!enabled) return undefined;
    return liveStream.share(JSON.parse(wish) as Subscription, (event) => {
      const queryKey = JSON.parse(name) as unknown[];
      // What is no longer followed must not stay as it was last seen: asked once more, it says what became of it.
      if (event.name === "problem") void client.invalidateQueries({ queryKey, exact: true });
      const value = pick(event);
      if (value !== undefined) client.setQueryData(queryKey, value);
    });
    // `pick` is a constant function of each caller; the subscription is its identity.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [client, wish, name, enabled]);
  return useQuery({ queryKey: key, queryFn: ({ signal }) => fetch(signal), enabled, staleTime: Infinity });
}
