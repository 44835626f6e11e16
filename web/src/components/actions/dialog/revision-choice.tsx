import { useId } from "react";
import type { Revision } from "@/api/actions-contract";
import { useRevisions } from "@/api/actions";
import type { ObjectRef } from "@/api/contract";
import { ClusterText } from "@/components/cluster-text";
import { ErrorNotice } from "@/components/error-notice";
import { cx } from "@/lib/class-names";
import { plural } from "@/lib/quantity";
import { diffCounts, parseUnifiedDiff } from "@/lib/unified-diff";
import { Age } from "@/ui/age";
import { Tag } from "@/ui/chip";
import { SkeletonLines } from "@/ui/skeleton";

interface RevisionChoiceProps {
  object: ObjectRef;
  chosen: number | null;
  onChoose: (revision: number) => void;
}

/** How much differs from what is there now. */
function Difference({ diff }: { diff: string }) {
  const { added, removed } = diffCounts(parseUnifiedDiff(diff));
  return added + removed === 0 ? "no difference" : plural(Math.max(added, removed), "line");
}

function RevisionLine({
  revision,
  group,
  chosen,
  onChoose,
}: {
  revision: Revision;
  group: string;
  chosen: boolean;
  onChoose: () => void;
}) {
  const { revision: number, createdAt, changeCause, images, current, replicas } = revision;
  return (
    <label
      className={cx(
        "grid grid-cols-[auto_minmax(32px,auto)_minmax(0,1fr)_auto] items-baseline gap-x-2 border-b border-line px-2 py-1 last:border-b-0 max-md:grid-cols-[auto_minmax(0,1fr)_auto]",
        chosen ? "bg-accent-soft" : !current && "hover:bg-raised-2",
      )}
    >
      <input
        type="radio"
        name={group}
        checked={chosen}
        disabled={current}
        onChange={onChoose}
        data-first-focus={chosen || undefined}
        aria-label={`revision ${number}${current ? ", the current one" : ""}`}
        className="translate-y-0.5 accent-(--accent)"
      />
      <span className="mono">{number}</span>
      <span className="min-w-0 max-md:order-last max-md:col-span-2 max-md:col-start-2">
        {changeCause && (
          <span className="block [overflow-wrap:anywhere]">
            <ClusterText text={changeCause} />
          </span>
        )}
        {images.map((image) => (
          <span key={image} className="mono block [overflow-wrap:anywhere] text-text-2">
            <ClusterText text={image} />
          </span>
        ))}
      </span>
      <span className="flex items-baseline gap-2 text-sm text-text-3">
        {current ? <Tag>current</Tag> : <Difference diff={revision.diff} />}
        {typeof replicas === "number" && replicas > 0 && plural(replicas, "pod")}
        <Age at={createdAt} className="mono" />
      </span>
    </label>
  );
}

/** Every revision that is kept, and how much of the template differs from the current one. */
export function RevisionChoice({ object, chosen, onChoose }: RevisionChoiceProps) {
  const { data: revisions, error, refetch } = useRevisions(object);
  const group = useId();
  if (error) return <ErrorNotice error={error} what="revisions" onRetry={() => void refetch()} />;
  if (!revisions) return <SkeletonLines count={4} />;
  const others = revisions.filter(({ current }) => !current);
  if (others.length === 0)
    return <p className="text-text-2">There is no revision to go back to: only the current one is kept.</p>;
  return (
    <fieldset className="max-h-60 overflow-auto rounded border border-line">
      <legend className="sr-only">Revisions</legend>
      {revisions.map((revision) => (
        <RevisionLine
          key={revision.revision}
          revision={revision}
          group={group}
          chosen={revision.revision === chosen}
          onChoose={() => onChoose(revision.revision)}
        />
      ))}
    </fieldset>
  );
}
