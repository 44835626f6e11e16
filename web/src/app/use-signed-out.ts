import { onlineManager, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Session } from "@/api/contract";
import { apiPath, getJson } from "@/api/http";
import { liveStream, useStreamStatus } from "@/api/live";
import { asApiError } from "@/api/problem";

const isUnknown = (error: unknown) => error !== null && asApiError(error).problem.status === 401;

/**
 * Since when nobody is signed in any more in a tab in which somebody was, or null. The page stays as it was and asks for
 * nothing; when the same person is signed in again, also in another tab, it goes on, and for anybody else it starts over.
 */
export function useSignedOut(session: UseQueryResult<Session>): number | null {
  const stream = useStreamStatus();
  const client = useQueryClient();
  const [since, setSince] = useState<number | null>(null);
  const user = session.data?.user;
  const ended = user !== undefined && isUnknown(session.error);
  const { refetch } = session;
  useEffect(() => {
    // The stream hears of it first.
    if (stream.phase === "signed-out" && user !== undefined) void refetch();
  }, [stream.phase, user, refetch]);
  if (ended && since === null) setSince(Date.now() / 1000);
  useEffect(() => {
    if (since === null) return undefined;
    onlineManager.setOnline(false);
    const look = async () => {
      if (document.hidden) return;
      const now = await getJson<Session>(apiPath(["session"])).catch(() => null);
      if (!now) return;
      if (now.user !== user) return location.reload();
      onlineManager.setOnline(true);
      client.setQueryData(["session"], now);
      setSince(null);
      liveStream.restart(true);
      await client.invalidateQueries();
    };
    const onLook = () => void look();
    addEventListener("focus", onLook);
    document.addEventListener("visibilitychange", onLook);
    return () => {
      removeEventListener("focus", onLook);
      document.removeEventListener("visibilitychange", onLook);
    };
  }, [since, user, client]);
  return since;
}
