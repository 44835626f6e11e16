import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useRevisions } from "@/api/actions";
import type { KubernetesObject, ObjectRef } from "@/api/contract";
import { objectQuery } from "@/api/queries";
import type { Wish } from "../store";
import { EMPTY_DRAFT, type Draft } from "./draft";
import { addRow, rowsOf } from "./pairs";

export interface DraftControl {
  draft: Draft;
  change: (change: Partial<Draft>) => void;
  object: ObjectRef | null;
  /** The only object, as it is now. */
  read: KubernetesObject | undefined;
}

const READ = new Set(["scale", "label", "annotate"]);

/** What the dialog begins with: what the object has, where there is only one. */
export function useDraft({ action, kind, targets, object: known }: Wish): DraftControl {
  const [changes, setChanges] = useState<Partial<Draft>>({});
  const [only] = targets;
  const object: ObjectRef | null =
    only && targets.length === 1
      ? { cluster: only.cluster, kind: kind.id, namespace: only.namespace ?? null, name: only.name }
      : null;
  const query = useQuery({
    ...objectQuery(object ?? { cluster: "", kind: "", namespace: null, name: "" }),
    enabled: object !== null && READ.has(action),
    retry: false,
  });
  const read = query.data?.data.object ?? known;
  const revisions = useRevisions(
    object ?? { cluster: "", kind: "", namespace: null, name: "" },
    object !== null && action === "rollback",
  ).data;
  const replicas = read?.spec?.["replicas"];
  const start: Draft = {
    ...EMPTY_DRAFT,
    replicas: action === "scale" && typeof replicas === "number" ? String(replicas) : "",
    // The one before: what most people go back to.
    revision: revisions?.find(({ current }) => !current)?.revision ?? null,
    pairs: object === null ? addRow([], false) : read ? startPairs(action, read) : null,
  };
  return {
    draft: { ...start, ...changes },
    change: (change) => setChanges((now) => ({ ...now, ...change })),
    object,
    read,
  };
}

function startPairs(action: string, read: KubernetesObject) {
  const pairs = action === "label" ? read.metadata?.labels : read.metadata?.annotations;
  return rowsOf(pairs);
}
