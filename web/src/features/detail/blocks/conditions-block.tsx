import { ClusterText } from "@/components/cluster-text";
import { Age } from "@/ui/age";
import { Section } from "@/ui/definition-rows";
import { Status } from "@/ui/tone-mark";
import type { Condition } from "../facts/model";

function Row({ condition }: { condition: Condition }) {
  const { type, status, tone, reason, message, since } = condition;
  const quiet = tone === "ok" || tone === "neutral";
  return (
    <li className="border-b border-line py-1 last:border-b-0">
      <div className="flex items-baseline gap-2">
        <Status tone={tone} className="font-medium">
          {type}
        </Status>
        <span className="text-text-2">{status}</span>
        {reason && (
          <span className="min-w-0 truncate text-sm text-text-3" title={reason}>
            <ClusterText text={reason} />
          </span>
        )}
        {since && <Age at={since} className="mono ml-auto shrink-0 text-text-3" />}
      </div>
      {message && !quiet && (
        <p className="pl-4 text-sm [overflow-wrap:anywhere] text-text-2">
          <ClusterText text={message} />
        </p>
      )}
    </li>
  );
}

export function ConditionsBlock({ title, items }: { title: string; items: Condition[] }) {
  return (
    <Section title={title}>
      <ul>
        {items.map((condition, at) => (
          <Row key={`${condition.type} ${at}`} condition={condition} />
        ))}
      </ul>
    </Section>
  );
}
