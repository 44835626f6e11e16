import { useState } from "react";
import type { TargetPreview } from "@/api/actions-contract";
import { ClusterText } from "@/components/cluster-text";
import { DiffView } from "@/components/diff-view";
import { Needs } from "@/components/gaps";
import { ObjectLink } from "@/components/object-link";
import { formatCount } from "@/lib/quantity";
import { diffCounts, parseUnifiedDiff } from "@/lib/unified-diff";
import { Button } from "@/ui/button";
import { Disclosure } from "@/ui/disclosure";
import { ToneMark, type ToneName } from "@/ui/tone-mark";
import { Notices } from "./notices";
import { isDoable } from "./use-consequences";

export interface PlacedPreview extends TargetPreview {
  cluster: string;
}

interface Standing {
  tone: ToneName;
  word: string;
}

function standing({ found, allowed, needs, dryRun, warnings }: TargetPreview): Standing {
  if (needs.length > 0 && !allowed) return { tone: "unknown", word: "refused" };
  if (!found) return { tone: "unknown", word: "not found" };
  if (!allowed) return { tone: "unknown", word: "not possible" };
  if (dryRun?.accepted === false) return { tone: "danger", word: "dry run refused" };
  const worst =
    warnings.find(({ tone }) => tone === "danger") ?? warnings.find(({ tone }) => tone === "warning");
  return worst ? { tone: worst.tone, word: "" } : { tone: "ok", word: dryRun ? "dry run accepted" : "" };
}

function Refusal({ preview }: { preview: TargetPreview }) {
  const { found, allowed, needs, reason, dryRun } = preview;
  if (isDoable(preview)) return null;
  return (
    <p className="text-sm [overflow-wrap:anywhere] text-text-2">
      {!allowed && needs.length > 0 && (
        <>
          Needs <Needs needs={needs} />.{" "}
        </>
      )}
      {reason && <ClusterText text={reason} />}
      {found && allowed && dryRun?.message && <ClusterText text={dryRun.message} />}
    </p>
  );
}

function Diff({ preview, open }: { preview: TargetPreview; open: boolean }) {
  if (!preview.diff) return null;
  const { added, removed } = diffCounts(parseUnifiedDiff(preview.diff));
  return (
    <Disclosure open={open} summary={<span className="text-sm">{`diff +${added} −${removed}`}</span>}>
      <DiffView diff={preview.diff} label={`change of ${preview.target.name}`} className="mt-1" />
    </Disclosure>
  );
}

function TargetLine({ preview, alone, fleet }: { preview: PlacedPreview; alone: boolean; fleet: boolean }) {
  const { cluster, target, change, warnings } = preview;
  const { tone, word } = standing(preview);
  const doable = isDoable(preview);
  const object = { cluster, kind: target.kind, namespace: target.namespace ?? null, name: target.name };
  return (
    <li className="border-b border-line py-1.5 [contain-intrinsic-size:auto_32px] [content-visibility:auto] last:border-b-0">
      <div className="flex min-w-0 items-baseline gap-x-2 max-md:flex-wrap">
        <ToneMark tone={tone} label={word || tone} className="translate-y-px" />
        <span
          className={`min-w-0 truncate max-md:w-[calc(100%-18px)] ${doable ? "" : "text-text-3 line-through"}`}
        >
          {fleet && <span className="text-text-2">{cluster} / </span>}
          <ObjectLink object={object} namespace />
        </span>
        {change && doable && (
          <span className="mono ml-auto shrink-0 text-text-1">
            <ClusterText text={change} />
          </span>
        )}
        {word && (
          <span className={`shrink-0 text-sm text-text-3 ${change && doable ? "" : "ml-auto"}`}>{word}</span>
        )}
      </div>
      <div className="flex flex-col gap-1 pl-[18px]">
        <Refusal preview={preview} />
        <Notices notices={warnings} />
        {doable && <Diff preview={preview} open={alone} />}
      </div>
    </li>
  );
}

/** What needs a look comes first: refused ones, then those with warnings. */
export function rank(preview: TargetPreview): number {
  if (!isDoable(preview)) return 0;
  return preview.warnings.length > 0 ? 1 : 2;
}

const FIRST = 50;

export function Targets({ previews }: { previews: PlacedPreview[] }) {
  const [all, setAll] = useState(false);
  const sorted = [...previews].sort((one, other) => rank(one) - rank(other));
  const shown = all ? sorted : sorted.slice(0, FIRST);
  const fleet = new Set(previews.map(({ cluster }) => cluster)).size > 1;
  return (
    <section aria-label="objects">
      <ul className="rounded border border-line px-3">
        {shown.map((preview) => (
          <TargetLine
            key={`${preview.cluster} ${preview.target.namespace ?? ""} ${preview.target.name}`}
            preview={preview}
            alone={previews.length === 1}
            fleet={fleet}
          />
        ))}
      </ul>
      {shown.length < sorted.length && (
        <Button look="quiet" className="mt-1" onClick={() => setAll(true)}>
          Show {formatCount(sorted.length - shown.length)} more
        </Button>
      )}
    </section>
  );
}
