import { useRelated } from "@/api/queries";
import { Gaps } from "@/components/gaps";
import type { Gap } from "@/api/contract";
import { TONE_TEXT } from "@/ui/tone-mark";
import { BlockView } from "../blocks/block-view";
import { ValueView } from "../blocks/value";
import { useDetail } from "../detail-context";
import type { Block, Facts, Verdict } from "../facts/model";

function VerdictView({ verdict }: { verdict: Verdict }) {
  return (
    <div className="mb-5">
      <h3 className={`text-lg font-medium ${TONE_TEXT[verdict.tone]}`}>
        <ValueView value={verdict.title} />
      </h3>
      {verdict.detail.map((line, at) => (
        <p key={at} className="text-md [overflow-wrap:anywhere] whitespace-pre-line text-text-2">
          <ValueView value={line} />
        </p>
      ))}
    </div>
  );
}

function Column({ blocks }: { blocks: Block[] }) {
  return (
    <div className="min-w-0">
      {blocks.map((block, at) => (
        <BlockView key={`${block.type} ${"title" in block ? block.title : ""} ${at}`} block={block} />
      ))}
    </div>
  );
}

/** The verdict, the evidence, the rest: below each other in a pane, side by side on a page. */
export function OverviewPanel({ facts, gaps }: { facts: Facts; gaps: Gap[] }) {
  const { ref, gone } = useDetail();
  const neighbours = [...facts.main, ...facts.side].some((block) => block.type === "related");
  const related = useRelated(ref, neighbours && !gone);
  const unseen = [...gaps, ...(neighbours ? (related.data?.gaps ?? []) : [])];
  return (
    <div className="@container">
      {facts.verdict && <VerdictView verdict={facts.verdict} />}
      <div className="grid gap-5 @4xl:grid-cols-[minmax(0,1fr)_minmax(320px,400px)] @4xl:gap-10">
        <Column blocks={facts.main} />
        <Column blocks={facts.side} />
      </div>
      <Gaps gaps={unseen} className="mt-5" />
    </div>
  );
}
