import { useQuery } from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";
import type { Gap, NodeCapacity, ObjectDetail, ObjectRef } from "@/api/contract";
import { objectQuery, useKinds, useObjectEvents, useObjectMetrics, useRelated } from "@/api/queries";
import { nowSeconds, subscribeClock } from "@/lib/clock";
import type { Facts } from "./facts/model";
import { str } from "./facts/read";
import { buildFacts } from "./facts/registry";

const MEASURED = new Set(["pods", "nodes"]);
const STEP = 15;

/** Now, in steps: verdicts speak of minutes, so they need no tick of their own every second. */
const useNow = (): number =>
  useSyncExternalStore(subscribeClock, () => Math.floor(nowSeconds() / STEP) * STEP);

export interface MadeFacts {
  facts: Facts;
  gaps: Gap[];
  /** Something that the facts speak of is still on its way. */
  pending: boolean;
}

interface FactsOptions {
  gone: boolean;
  node?: NodeCapacity | undefined;
}

/** Kinds whose health is that of the pods behind them. */
const BACKED = /^(services|(deployments|statefulsets|daemonsets|replicasets)\.apps)$/;

/** Kinds whose cause of trouble only events tell. */
const EXPLAINED = /^(pods|services|persistentvolumeclaims|ingresses\.networking\.k8s\.io)$/;

/** What is known around an object: only what its verdict needs is asked for. */
function useSurroundings(ref: ObjectRef, detail: ObjectDetail, gone: boolean) {
  const pod = ref.kind === "pods" && !gone;
  const told = EXPLAINED.test(ref.kind) && !gone;
  const usage = useObjectMetrics(ref, MEASURED.has(ref.kind) && !gone);
  const events = useObjectEvents(ref, told).data?.data.events;
  const related = useRelated(ref, BACKED.test(ref.kind) && !gone).data?.data;
  const name = str(detail.object.spec?.["nodeName"]);
  const node = { cluster: ref.cluster, kind: "nodes", namespace: null, name: name ?? "" };
  const asked = pod && name !== undefined;
  const machine = useQuery({ ...objectQuery(node), enabled: asked, retry: false, staleTime: 300_000 });
  return {
    metrics: usage.data ? usage.data.data : usage.error ? null : undefined,
    gaps: usage.data?.gaps ?? NO_GAPS,
    events,
    related,
    machine: asked ? machine.data?.data.object : undefined,
    pending: usage.isLoading || machine.isLoading,
  };
}

const NO_GAPS: Gap[] = [];

/** What the overview says, current with object, usage and time; with what could not be seen. */
export function useFacts(ref: ObjectRef, detail: ObjectDetail, { gone, node }: FactsOptions): MadeFacts {
  const nowSeconds = useNow();
  const groups = useKinds(ref.cluster).data;
  const { gaps, pending, metrics, events, related, machine } = useSurroundings(ref, detail, gone);
  const { cluster, kind, namespace, name } = ref;
  const facts = useMemo(
    () =>
      buildFacts({
        ref: { cluster, kind, namespace: namespace ?? null, name },
        ...{ kind: detail.kind, object: detail.object, groups, nowSeconds },
        ...{ metrics, node, events, related, machine },
      }),
    [cluster, kind, namespace, name, detail, groups, nowSeconds, metrics, node, events, related, machine],
  );
  return { facts, gaps, pending };
}
