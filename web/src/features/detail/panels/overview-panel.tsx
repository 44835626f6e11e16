import { useObjectEvents, useRelated } from "@/api/queries";
import { Gaps } from "@/components/gaps";
import { SkeletonLines } from "@/ui/skeleton";
import { TONE_TEXT } from "@/ui/tone-mark";
import { BlockView } from "../blocks/block-view";
import { ValueView } from "../blocks/value";
import { useDetail } from "../detail-context";
import type { Block, Verdict } from "../facts/model";
import type { MadeFacts } from "../use-facts";
import { useRow } from "../use-row";
import { useSettled } from "@/components/use-settled";

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
export function OverviewPanel({ made }: { made: MadeFacts }) {
  const { facts, gaps } = made;
  const { ref, gone } = useDetail();
  const has = (type: Block["type"]) =>
    !gone && [...facts.main, ...facts.side].some((block) => block.type === type);
  // The blocks ask for the same; here it is only awaited, so that they appear together.
  const related = useRelated(ref, has("related"));
  const events = useObjectEvents(ref, has("events"));
  const row = useRow(ref, has("printer"));
  const settled = useSettled(!(made.pending || related.isLoading || events.isLoading || row.isLoading));
  if (!settled) return <SkeletonLines count={10} />;
  return (
    <div className="@container">
      {facts.verdict && <VerdictView verdict={facts.verdict} />}
      <div className="grid gap-5 @4xl:grid-cols-[minmax(0,1fr)_minmax(320px,400px)] @4xl:gap-10">
        <Column blocks={facts.main} />
        <Column blocks={facts.side} />
      </div>
      <Gaps gaps={[...gaps, ...(related.data?.gaps ?? [])]} className="mt-5" />
    </div>
  );
}
