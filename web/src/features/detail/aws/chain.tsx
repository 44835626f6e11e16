import { useState } from "react";
import type { ChainStep } from "@/api/aws-contract";
import { ArnText } from "@/components/aws/arn-text";
import { accountWords, STEP_WORDS } from "@/components/aws/words";
import { WorkloadLink } from "@/components/aws/workload-link";
import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { accessHref } from "@/lib/aws-place";
import { formatAccount } from "@/lib/text";
import { cx } from "@/lib/class-names";
import { ExternalLink } from "@/ui/external-link";
import { ToneMark, type ToneName } from "@/ui/tone-mark";
import { chainBoxes } from "./chain-boxes";

const TONE: Record<ChainStep["verdict"], ToneName> = {
  ok: "ok",
  broken: "danger",
  conditional: "warning",
  unknown: "unknown",
};

const WORD: Record<ChainStep["verdict"], string> = {
  ok: "holds",
  broken: "broken",
  conditional: "depends",
  unknown: "not known",
};

interface StepButtonProps {
  step: ChainStep;
  selected: boolean;
  onSelect: () => void;
  shape: "box" | "edge" | "clamp";
}

/** What a box is, as long as it is short; longer words stand below the picture. */
function boxWords({ step, detail, account }: ChainStep): string {
  if (detail && detail.length <= 28) return detail;
  return step === "targetRole" && account ? `role in ${formatAccount(account)}` : STEP_WORDS[step];
}

const BORDER: Record<ChainStep["verdict"], string> = {
  ok: "border-line-strong",
  broken: "border-danger",
  conditional: "border-warning",
  unknown: "border-dashed border-line-strong",
};

function StepButton({ step, selected, onSelect, shape }: StepButtonProps) {
  const { verdict, label } = step;
  const mark = verdict !== "ok" && <ToneMark tone={TONE[verdict]} label={WORD[verdict]} />;
  if (shape !== "box") {
    return (
      <button
        type="button"
        aria-expanded={selected}
        onClick={onSelect}
        className={cx(
          "inline-flex max-w-full min-w-0 items-center gap-1 rounded-sm px-1.5 text-xs",
          shape === "clamp" ? `h-[18px] border ${BORDER[verdict]}` : "h-[18px] text-text-3",
          selected ? "bg-accent-soft text-text-1" : "hover:bg-raised-2 hover:text-text-1",
        )}
      >
        {mark}
        <span className="truncate">
          {STEP_WORDS[step.step]}
          {shape === "clamp" && label && label !== STEP_WORDS[step.step] && ` ${label}`}
        </span>
      </button>
    );
  }
  return (
    <button
      type="button"
      aria-expanded={selected}
      onClick={onSelect}
      className={cx(
        "max-w-full min-w-24 rounded border px-3 py-1.5 text-left",
        BORDER[verdict],
        selected ? "bg-accent-soft" : "bg-raised-1 hover:bg-raised-2",
      )}
    >
      <span className="flex items-center gap-1.5 text-xs text-text-3">
        {mark}
        {boxWords(step)}
      </span>
      <span className="mono block font-medium [overflow-wrap:anywhere]">
        <ClusterText text={label} />
      </span>
    </button>
  );
}

/** What is known of the step one looks at. */
function StepDetail({ step, cluster }: { step: ChainStep; cluster: string }) {
  const { verdict, words, detail, arn, account, url, link } = step;
  return (
    <div className="mt-2 flex flex-wrap items-baseline gap-x-3 gap-y-0.5 rounded bg-raised-2 px-3 py-1.5 text-sm">
      <span className="inline-flex items-center gap-1.5">
        <ToneMark tone={TONE[verdict]} /> {STEP_WORDS[step.step]} {WORD[verdict]}
      </span>
      {detail && detail !== words && (
        <span className="min-w-0 [overflow-wrap:anywhere] text-text-2">
          <ClusterText text={detail} />
        </span>
      )}
      {words && (
        <span className="min-w-0 [overflow-wrap:anywhere] text-text-2">
          <ClusterText text={words} />
        </span>
      )}
      {arn && <ArnText arn={arn} copy whole />}
      {account && <span className="text-text-3">{accountWords(account)}</span>}
      {link && <WorkloadLink workload={link} kind />}
      {arn && (step.step === "role" || step.step === "targetRole" || step.step === "node") && (
        <Link href={accessHref(cluster, { tab: "roles", open: arn })} className="link">
          who else has this role
        </Link>
      )}
      {url && <ExternalLink href={url}>AWS console</ExternalLink>}
    </div>
  );
}

/** From the pod to the role that AWS sees, as a picture whose steps open. */
export function Chain({ chain, cluster }: { chain: readonly ChainStep[]; cluster: string }) {
  const worst = chain.findIndex(({ verdict }) => verdict === "broken");
  const [chosen, choose] = useState<number | null>(null);
  const selected = chosen ?? (worst >= 0 ? worst : null);
  const props = ({ step, at }: { step: ChainStep; at: number }, shape: StepButtonProps["shape"]) => ({
    step,
    shape,
    selected: at === selected,
    onSelect: () => choose(at === selected ? -1 : at),
  });
  const step = selected === null ? undefined : chain[selected];
  return (
    <section aria-label="the way from the pod to its role" className="mt-4">
      <ol className="flex flex-wrap items-stretch gap-x-1 gap-y-2">
        {chainBoxes(chain).map((box, index) => (
          <li key={box.at} className="flex max-w-full min-w-0 items-start gap-1">
            {index > 0 && (
              <span className="flex shrink-0 flex-col items-center self-start pt-1.5 text-text-3">
                {box.edges.map((edge) => (
                  <StepButton key={edge.at} {...props(edge, "edge")} />
                ))}
                <span aria-hidden className={cx("px-1 leading-5", box.edges.length === 0 && "pt-1.5")}>
                  →
                </span>
                <span className="sr-only">leads to</span>
              </span>
            )}
            <span className="flex min-w-0 flex-col items-start gap-1">
              <StepButton {...props(box, "box")} />
              {box.clamps.length > 0 && (
                <span
                  className="flex max-w-60 flex-col items-start gap-1"
                  aria-label="limited by"
                  role="group"
                >
                  {box.clamps.map((clamp) => (
                    <StepButton key={clamp.at} {...props(clamp, "clamp")} />
                  ))}
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
      {step && <StepDetail step={step} cluster={cluster} />}
    </section>
  );
}
