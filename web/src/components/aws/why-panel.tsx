import { useId, useState } from "react";
import type { Layer, Reason, WhyAnswer } from "@/api/aws-contract";
import { useWhy, type WhyQuestion } from "@/api/aws-queries";
import { ClusterText } from "@/components/cluster-text";
import { ErrorNotice } from "@/components/error-notice";
import { Button } from "@/ui/button";
import { Section } from "@/ui/definition-rows";
import { TextField } from "@/ui/field";
import { SkeletonLines } from "@/ui/skeleton";
import { ActionField } from "./action-field";
import { SourcesLine } from "./sources-line";
import { StatementRow } from "./statement";
import { Unseen } from "./unseen";
import { DECISION_TEXT, DecisionMark } from "./verdict-mark";
import { LAYER_DECISION, LAYER_WORD, layerTitle, verdictWords } from "./words";

/** What each layer of AWS says, in the order in which it is asked. */
function Layers({ layers }: { layers: readonly Layer[] }) {
  return (
    <table className="w-full border-collapse text-left">
      <thead className="sr-only">
        <tr>
          <th scope="col">layer</th>
          <th scope="col">says</th>
          <th scope="col">why</th>
        </tr>
      </thead>
      <tbody>
        {layers.map(({ layer, verdict, words }) => (
          <tr key={`${layer} ${words}`} className="border-b border-line align-baseline last:border-b-0">
            <td className="py-1 pr-3">
              <span className="flex items-baseline gap-1.5">
                <span className="relative top-px">
                  <DecisionMark decision={verdict === "none" ? "unknown" : LAYER_DECISION[verdict]} />
                </span>
                {layerTitle(layer)}
              </span>
            </td>
            <td className={`py-1 pr-3 whitespace-nowrap ${DECISION_TEXT[LAYER_DECISION[verdict]]}`}>
              {LAYER_WORD[verdict]}
            </td>
            <td className="py-1 text-sm [overflow-wrap:anywhere] text-text-3">
              <ClusterText text={words} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <Section title={title}>
      <ul className="list-disc pl-4 text-text-2">
        {lines.map((line) => (
          <li key={line} className="[overflow-wrap:anywhere]">
            <ClusterText text={line} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

const reasonKey = ({ layer, policy, statement, effect, words }: Reason): string =>
  [layer, policy, statement, effect, words].join(" ");

/** A policy that stands on several levels of the organisation decides once for the reader. */
const once = (reasons: readonly Reason[]): Reason[] => [
  ...new Map(reasons.map((reason) => [reasonKey(reason), reason])).values(),
];

function Trace({ why }: { why: WhyAnswer }) {
  const { verdict, reasons, layers, steps, assumptions, whoCanGrant, identity } = why;
  return (
    <>
      <p className={`mt-1 flex items-baseline gap-2 text-md font-medium ${DECISION_TEXT[verdict.decision]}`}>
        <DecisionMark decision={verdict.decision} />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <ClusterText text={verdictWords(verdict)} />
        </span>
      </p>
      {identity && (
        <p className="mt-0.5 text-sm [overflow-wrap:anywhere] text-text-3">
          <ClusterText text={identity.words} />
        </p>
      )}
      <Section title="Layers">
        <Layers layers={layers} />
      </Section>
      <Section title="Statements that decided">
        {reasons.length > 0 ? (
          <ul>
            {once(reasons).map((reason) => (
              <StatementRow key={reasonKey(reason)} reason={reason} />
            ))}
          </ul>
        ) : (
          <p className="text-text-2">No statement names it: what nothing grants is not allowed.</p>
        )}
      </Section>
      <Lines title="Step by step" lines={steps} />
      <Lines title="Taken as known" lines={assumptions} />
      {whoCanGrant && (
        <Section title="To change it">
          <p className="[overflow-wrap:anywhere] text-text-2">
            <ClusterText text={whoCanGrant} />
          </p>
        </Section>
      )}
    </>
  );
}

interface AskProps {
  action: string;
  resource: string;
  onAsk: (action: string, resource: string) => void;
}

/** One action on one resource: what a workload can be asked. */
export function AskForm({ action, resource, onAsk }: AskProps) {
  const [asked, setAsked] = useState({ action, resource });
  const [seen, setSeen] = useState({ action, resource });
  if (seen.action !== action || seen.resource !== resource) {
    setSeen({ action, resource });
    setAsked({ action, resource });
  }
  const submit = () => asked.action && onAsk(asked.action, asked.resource.trim());
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ActionField
        value={asked.action}
        onCommit={(next) => {
          setAsked({ ...asked, action: next });
        }}
        className="min-w-40 flex-1"
      />
      <TextField
        label="Resource"
        value={asked.resource}
        onChange={(next) => setAsked({ ...asked, resource: next })}
        placeholder="arn:aws:s3:::bucket/key, or any"
        mono
        className="min-w-40 flex-[1.4]"
      />
      <Button type="submit" disabledReason={asked.action ? null : "an action is missing"}>
        Ask
      </Button>
    </form>
  );
}

/** Why can, and why can't: one workload, one action, one resource, and everything that decides it. */
export function WhyPanel({ question, onAsk }: { question: WhyQuestion; onAsk: AskProps["onAsk"] }) {
  const { workload, action, resource } = question;
  const why = useWhy(question);
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className="text-md font-medium [overflow-wrap:anywhere]">
        {why.data ? (
          <ClusterText text={why.data.data.question} />
        ) : (
          <>
            May {workload.name} do <span className="mono">{action}</span>?
          </>
        )}
      </h3>
      {why.data ? (
        <Trace why={why.data.data} />
      ) : why.error ? (
        <ErrorNotice error={why.error} what="the decision" onRetry={() => void why.refetch()} />
      ) : (
        <SkeletonLines count={10} />
      )}
      {!why.isPending && (
        <Section title="Ask about something else">
          <AskForm action={action} resource={resource} onAsk={onAsk} />
        </Section>
      )}
      {why.data && (
        <>
          <Unseen
            cluster={workload.cluster}
            gaps={why.data.gaps}
            label="not seen by this decision"
            className="mt-4"
          />
          <SourcesLine answer={why.data} className="mt-3" />
        </>
      )}
    </section>
  );
}
