import { useMemo, useSyncExternalStore } from "react";
import type { Gap, NodeCapacity, ObjectDetail, ObjectRef } from "@/api/contract";
import { useKinds, useObjectEvents, useObjectMetrics } from "@/api/queries";
import { nowSeconds, subscribeClock } from "@/lib/clock";
import type { Facts } from "./facts/model";
import { buildFacts } from "./facts/registry";

const MEASURED = new Set(["pods", "nodes"]);
const STEP = 15;

/** Now, in steps: verdicts speak of minutes, so they need no tick of their own every second. */
const useNow = (): number =>
  useSyncExternalStore(subscribeClock, () => Math.floor(nowSeconds() / STEP) * STEP);

interface FactsOptions {
  gone: boolean;
  node?: NodeCapacity | undefined;
}

/** What the overview says, current with object, usage and time; with what could not be seen. */
export function useFacts(
  ref: ObjectRef,
  detail: ObjectDetail,
  { gone, node }: FactsOptions,
): { facts: Facts; gaps: Gap[] } {
  const now = useNow();
  const groups = useKinds(ref.cluster).data;
  const usage = useObjectMetrics(ref, MEASURED.has(ref.kind) && !gone);
  const metrics = usage.data ? usage.data.data : usage.error ? null : undefined;
  const events = useObjectEvents(ref, ref.kind === "pods" && !gone).data?.data.events;
  const { cluster, kind, namespace, name } = ref;
  const facts = useMemo(
    () =>
      buildFacts({
        ref: { cluster, kind, namespace: namespace ?? null, name },
        kind: detail.kind,
        object: detail.object,
        groups,
        nowSeconds: now,
        metrics,
        node,
        events,
      }),
    [cluster, kind, namespace, name, detail, groups, now, metrics, node, events],
  );
  return { facts, gaps: usage.data?.gaps ?? [] };
}
