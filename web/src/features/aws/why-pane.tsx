import type { WhoCanRow } from "@/api/aws-contract";
import { ActionChoice } from "@/components/aws/action-choice";
import { ArnText } from "@/components/aws/arn-text";
import { VerdictMark } from "@/components/aws/verdict-mark";
import { AskForm } from "@/components/aws/ask-form";
import { WhyPanel } from "@/components/aws/why-panel";
import { WorkloadLink } from "@/components/aws/workload-link";
import { ClusterText } from "@/components/cluster-text";
import { LinkChip } from "@/components/link-chip";
import { PaneFrame } from "@/components/pane-frame";
import type { WhoCanState } from "@/lib/aws-place";
import { Section } from "@/ui/definition-rows";
import { SkeletonLines } from "@/ui/skeleton";
import { explainable } from "./who-can-words";

type HrefOf = (next: Partial<WhoCanState>) => string;

interface PartsProps {
  actions: readonly string[];
  more: number;
  now: string;
  asked: string;
  hrefOf: HrefOf;
  onPart: (part: string) => void;
}

/** More than these are chosen from a list. */
const CHIPS = 4;

/** Of several actions each has a decision of its own. */
function Parts({ actions, more, now, asked, hrefOf, onPart }: PartsProps) {
  if (actions.length < 2) return null;
  if (actions.length > CHIPS)
    return <ActionChoice of={asked} {...{ actions, more, now }} onChange={onPart} />;
  return (
    <nav aria-label="actions" className="mb-4 flex flex-wrap items-center gap-1">
      {actions.map((action) => (
        <LinkChip key={action} href={hrefOf({ part: action })} active={action === now}>
          {action}
        </LinkChip>
      ))}
    </nav>
  );
}

/** The roles over which it can; how that is decided stands below. */
function Way({ row }: { row: WhoCanRow }) {
  if (row.path.length < 2) return null;
  return (
    <div className="mb-4">
      <Section title="By way of other roles">
        <VerdictMark verdict={row.verdict} />
        <ol className="mt-1 list-decimal pl-5">
          {row.path.map(({ arn, words }, at) => (
            <li key={arn} className="py-0.5">
              <ArnText arn={arn} whole copy />
              {words !== row.path[at + 1]?.words && (
                <span className="block text-sm [overflow-wrap:anywhere] text-text-3">
                  <ClusterText text={words} />
                </span>
              )}
            </li>
          ))}
        </ol>
      </Section>
    </div>
  );
}

interface WhyPaneProps {
  state: WhoCanState;
  /** What the answer says of the workload, as far as that has come. */
  row: WhoCanRow | undefined;
  /** Whether that is still to come. */
  waiting: boolean;
  change: (next: Partial<WhoCanState>) => void;
  hrefOf: HrefOf;
}

/** The right-hand pane: everything that decides one workload's question. */
export function WhyPane({ state, row, waiting, change, hrefOf }: WhyPaneProps) {
  const { open, action: asked, resource, part } = state;
  if (!open) return null;
  const { actions, more } = explainable(asked, row);
  const action = actions.includes(part) ? part : actions[0];
  const ask = (next: string, on: string) => change({ action: next, resource: on, part: "" });
  return (
    <PaneFrame label="why" onClose={() => change({ open: null })}>
      <div className="h-full overflow-auto p-4">
        <p className="mb-2 pr-16 text-sm text-text-2">
          <WorkloadLink workload={open} kind /> in {open.cluster}
        </p>
        {row && <Way row={row} />}
        {waiting ? (
          <SkeletonLines count={10} />
        ) : action ? (
          <>
            <Parts
              {...{ actions, more, asked, hrefOf }}
              now={action}
              onPart={(next) => change({ part: next })}
            />
            <WhyPanel question={{ workload: open, action, resource }} onAsk={ask} />
          </>
        ) : (
          <>
            <p className="mb-3 text-text-2">
              A decision is about one action. Name it, and this pane says why the workload can or cannot.
            </p>
            <AskForm action="" resource={resource} onAsk={ask} />
          </>
        )}
      </div>
    </PaneFrame>
  );
}
