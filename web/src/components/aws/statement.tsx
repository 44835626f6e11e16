import type { Reason } from "@/api/aws-contract";
import { ClusterText } from "@/components/cluster-text";
import { Disclosure } from "@/ui/disclosure";
import { CopyButton } from "@/ui/copy-button";
import { DecisionMark } from "./verdict-mark";
import { layerTitle } from "./words";

/** A statement as it stands in its policy. It is text, whatever it holds. */
function Document({ text, label }: { text: string; label: string }) {
  return (
    <div className="mt-1 flex items-start gap-1 rounded bg-raised-2 p-0.5">
      <pre
        tabIndex={0}
        aria-label={label}
        className="mono max-h-72 min-w-0 flex-1 overflow-auto px-2.5 py-1.5 text-text-2"
      >
        <ClusterText text={text} />
      </pre>
      <CopyButton text={text} label="copy the statement" />
    </div>
  );
}

/** One statement that decided: in which policy, what it says in words, and as it is written. */
export function StatementRow({ reason }: { reason: Reason }) {
  const { layer, policy, policyArn, statement, effect, words, document } = reason;
  const title = (
    <span className="min-w-0 [overflow-wrap:anywhere]">
      {layerTitle(layer)}{" "}
      {policy && (
        <span className="mono" title={policyArn ?? undefined}>
          <ClusterText text={policy} />
        </span>
      )}
      {statement && (
        <>
          , statement{" "}
          <span className="mono">
            <ClusterText text={statement} />
          </span>
        </>
      )}
    </span>
  );
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)] gap-x-1.5 py-1">
      <span className="pt-px">
        <DecisionMark decision={effect === "deny" ? "denied" : "allowed"} label={effect} />
      </span>
      <div className="min-w-0">
        {document ? (
          <Disclosure summary={title}>
            <Document text={document} label={`statement ${statement} of ${policy}`} />
          </Disclosure>
        ) : (
          title
        )}
        <p className="text-sm [overflow-wrap:anywhere] text-text-3">
          <ClusterText text={words} />
        </p>
      </div>
    </li>
  );
}
