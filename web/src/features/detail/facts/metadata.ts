import type { Block, Subject, Value } from "./model";
import { CLUSTER_SCOPED } from "./owner";
import { pairs, str, text } from "./read";
import { fact, link, mono, muted, since } from "./spans";

/** The owners an object names, as links; the controller first. */
export function owners(subject: Subject): { kind: string; value: Value; name: string }[] {
  const list = [...(subject.object.metadata?.ownerReferences ?? [])].sort(
    (a, b) => Number(b.controller === true) - Number(a.controller === true),
  );
  return list.map((owner) => {
    const id = subject.kindId(text(owner.apiVersion), text(owner.kind));
    const namespace = CLUSTER_SCOPED.test(id) ? null : undefined;
    return {
      kind: owner.kind,
      name: owner.name,
      value: [muted(owner.kind), ...link(subject, id, str(owner.name), namespace)],
    };
  });
}

/** What every object has: who owns it, labels, annotations, when it was made. */
export function metadataBlocks(subject: Subject, kind: string): Block[] {
  const meta = subject.object.metadata ?? {};
  const at = (time: string | undefined): Value | undefined => (time ? [...since(time), "ago"] : undefined);
  return [
    { type: "labels", title: "Labels", pairs: pairs(meta.labels), kind, cluster: subject.ref.cluster },
    { type: "labels", title: "Annotations", pairs: pairs(meta.annotations), folded: true },
    {
      type: "facts",
      title: "Object",
      facts: [
        ...fact("Owned by", ...owners(subject).map((owner) => owner.value)),
        ...fact("Created", at(meta.creationTimestamp)),
        ...fact("Deleted", at(meta.deletionTimestamp)),
        ...fact("Finalizers", ...(meta.finalizers ?? []).map(mono)),
        ...fact("UID", meta.uid ? mono(meta.uid) : undefined),
        ...fact("Version", meta.resourceVersion ? mono(meta.resourceVersion) : undefined),
      ],
    },
  ];
}
