import { useId } from "react";
import { useWhy, type WhyQuestion } from "@/api/aws-queries";
import { useActions } from "@/api/aws-reference";
import { ClusterText } from "@/components/cluster-text";
import { ErrorNotice } from "@/components/error-notice";
import { fits, isPattern, prefixOf } from "@/lib/aws-actions";
import { Section } from "@/ui/definition-rows";
import { SkeletonLines } from "@/ui/skeleton";
import { ActionChoice } from "./action-choice";
import { AskForm, type AskProps } from "./ask-form";
import { SourcesLine } from "./sources-line";
import { Unseen } from "./unseen";
import { Trace } from "./why-trace";

interface WhyProps {
  question: WhyQuestion;
  onAsk: AskProps["onAsk"];
}

/** As many actions as the server names at once. */
const MOST_ACTIONS = 200;

/** Of a pattern the first action is explained, and any other on demand. */
function OfPattern({ question, onAsk }: WhyProps) {
  const { action: pattern, resource } = question;
  const known = useActions(prefixOf(pattern), true, MOST_ACTIONS);
  const actions = (known.data?.actions ?? []).map(({ action }) => action).filter(fits(pattern));
  const [first] = actions;
  if (!first)
    return known.isPending || known.isPlaceholderData ? (
      <SkeletonLines count={10} />
    ) : known.error ? (
      <ErrorNotice error={known.error} what="the actions" onRetry={() => void known.refetch()} />
    ) : (
      <>
        <p className="mb-3 text-text-2">
          AWS has no action like <span className="mono">{pattern}</span>.
        </p>
        <AskForm action="" resource={resource} onAsk={onAsk} />
      </>
    );
  return (
    <>
      <ActionChoice
        of={pattern}
        actions={actions}
        now={first}
        onChange={(action) => onAsk(action, resource)}
      />
      <OneDecision question={{ ...question, action: first }} onAsk={onAsk} />
    </>
  );
}

/** Why can, and why can't: one workload, one action, one resource, and everything that decides it. */
export function WhyPanel(props: WhyProps) {
  return isPattern(props.question.action) ? <OfPattern {...props} /> : <OneDecision {...props} />;
}

function OneDecision({ question, onAsk }: WhyProps) {
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
            Can {workload.name} do <span className="mono">{action}</span>?
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
          <SourcesLine answer={why.data} cluster={workload.cluster} className="mt-3" />
        </>
      )}
    </section>
  );
}
