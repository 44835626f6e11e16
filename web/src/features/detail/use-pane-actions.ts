import { useMemo } from "react";
import type { ObjectDetail, ObjectRef } from "@/api/contract";
import { actionKeys } from "@/components/actions/action-keys";
import { usePublishedSubject, type Subject } from "@/components/actions/store";
import { useShortcuts } from "@/components/shortcuts";

/** What the actions of the pane act on: nothing before the object is read, or when it is gone. */
export function usePaneActions(
  { cluster, namespace, name }: ObjectRef,
  detail: ObjectDetail | undefined,
  gone: boolean,
): Subject | null {
  const subject = useMemo((): Subject | null => {
    if (!detail || gone) return null;
    const { kind, object } = detail;
    const uid = object.metadata?.uid;
    return {
      kind,
      object,
      targets: [{ cluster, kind: kind.id, namespace: namespace ?? null, name, ...(uid ? { uid } : {}) }],
    };
  }, [cluster, namespace, name, detail, gone]);
  usePublishedSubject(subject, 1);
  useShortcuts(actionKeys(subject?.kind, () => subject));
  return subject;
}
