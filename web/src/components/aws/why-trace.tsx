import type { Layer, Reason, WhyAnswer } from "@/api/aws-contract";
import { ClusterText } from "@/components/cluster-text";
import { shellQuote } from "@/lib/text";
import { Section } from "@/ui/definition-rows";
import { Command } from "./command";
import { StatementRow } from "./statement";
import { DECISION_TEXT, DecisionMark } from "./verdict-mark";
import { LAYER_DECISION, LAYER_WORD, layerTitle, verdictWords } from "./words";

/** A layer that is known not to be there has no say; it is not one that was not seen. */
function LayerMark({ verdict }: { verdict: Layer["verdict"] }) {
  return (
    <span className="relative top-px w-3 shrink-0 text-center text-text-3">
      {verdict === "none" ? <span aria-hidden>–</span> : <DecisionMark decision={LAYER_DECISION[verdict]} />}
    </span>
  );
}

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
                <LayerMark verdict={verdict} />
                {layerTitle(layer)}
              </span>
            </td>
            <td
              className={`py-1 pr-3 whitespace-nowrap ${verdict === "none" ? "text-text-3" : DECISION_TEXT[LAYER_DECISION[verdict]]}`}
            >
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

interface LinesProps {
  title: string;
  lines: readonly string[];
  /** One follows from the other. */
  ordered?: boolean;
}

function Lines({ title, lines, ordered = false }: LinesProps) {
  if (lines.length === 0) return null;
  const List = ordered ? "ol" : "ul";
  return (
    <Section title={title}>
      <List className={`${ordered ? "list-decimal" : "list-disc"} pl-5 text-text-2`}>
        {lines.map((line) => (
          <li key={line} className="[overflow-wrap:anywhere]">
            <ClusterText text={line} />
          </li>
        ))}
      </List>
    </Section>
  );
}

export const reasonKey = ({ layer, policy, statement, effect, words }: Reason): string =>
  [layer, policy, statement, effect, words].join(" ");

/** A policy that stands on several levels of the organisation decides once for the reader. */
export const once = (reasons: readonly Reason[]): Reason[] => [
  ...new Map(reasons.map((reason) => [reasonKey(reason), reason])).values(),
];

/** The same question to AWS. */
const simulateLine = (role: string, action: string, resource: string): string =>
  [
    "aws iam simulate-principal-policy",
    `--policy-source-arn ${shellQuote(role)}`,
    `--action-names ${shellQuote(action)}`,
    ...(resource && resource !== "*" ? [`--resource-arns ${shellQuote(resource)}`] : []),
  ].join(" ");

/** The decision, what each layer says, the statements that decided, and how one comes from the other. */
export function Trace({ why }: { why: WhyAnswer }) {
  const { verdict, reasons, layers, steps, assumptions, whoCanGrant, identity, roleArn, action, resource } =
    why;
  return (
    <>
      <p className={`mt-1 flex items-baseline gap-2 text-md font-medium ${DECISION_TEXT[verdict.decision]}`}>
        <DecisionMark decision={verdict.decision} />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <ClusterText text={verdictWords(verdict)} />
        </span>
      </p>
      {identity && identity.words !== steps[0] && (
        <p className="mt-0.5 text-sm [overflow-wrap:anywhere] text-text-3">
          <ClusterText text={identity.words} />
        </p>
      )}
      {layers.length > 0 && (
        <Section title="Layers">
          <Layers layers={layers} />
        </Section>
      )}
      <Section title="Statements that decided">
        {reasons.length > 0 ? (
          <ul>
            {once(reasons).map((reason) => (
              <StatementRow key={reasonKey(reason)} reason={reason} />
            ))}
          </ul>
        ) : (
          <p className="text-text-2">
            {verdict.decision === "unknown"
              ? "None was looked at: what is missing stands below."
              : "No statement names it: what nothing grants is not allowed."}
          </p>
        )}
      </Section>
      <Lines title="Step by step" lines={steps} ordered />
      <Lines title="Taken as known" lines={assumptions} />
      {whoCanGrant && (
        <Section title="To change it">
          <p className="[overflow-wrap:anywhere] text-text-2">
            <ClusterText text={whoCanGrant} />
          </p>
        </Section>
      )}
      {roleArn && (
        <Section title="Ask AWS itself">
          <Command text={simulateLine(roleArn, action, resource)} label="AWS CLI" />
          <p className="mt-1 text-sm text-text-3">
            It judges the role&apos;s policies, its boundary and the organisation; no session policy and no
            condition that hangs on the call.
          </p>
        </Section>
      )}
    </>
  );
}
