import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { cx } from "@/lib/class-names";
import { openHref } from "@/lib/place";
import { Age } from "@/ui/age";
import { TONE_TEXT } from "@/ui/tone-mark";
import { Fold } from "./fold";
import type { Fact, Span, Value } from "../facts/model";
import { Definition, DefinitionRows } from "@/ui/definition-rows";

const LINK = "underline decoration-line-strong underline-offset-2 hover:decoration-current";

function SpanView({ span }: { span: Span }) {
  const look = cx(
    span.mono && "mono [overflow-wrap:anywhere]",
    span.muted && "text-text-3",
    span.tone && TONE_TEXT[span.tone],
  );
  if (span.since !== undefined) {
    return (
      <span className={look}>
        {span.text && <ClusterText text={`${span.text} `} />}
        <Age at={span.since} />
      </span>
    );
  }
  const href = span.object ? openHref(span.object) : span.href;
  if (href === undefined) {
    return (
      <span className={look || undefined}>
        <ClusterText text={span.text} />
      </span>
    );
  }
  return (
    <Link
      href={href}
      className={cx(look, LINK)}
      title={span.object ? `${span.object.kind} ${span.object.name}` : undefined}
    >
      <ClusterText text={span.text} />
    </Link>
  );
}

/** One line of spans, blanks between them. */
export function ValueView({ value }: { value: Value }) {
  if (typeof value === "string") return <ClusterText text={value} />;
  const spans = (Array.isArray(value) ? value : [value as Span]) as readonly (string | Span)[];
  return spans
    .map((each): Span => (typeof each === "string" ? { text: each } : each))
    .filter((each) => each.text !== "" || each.since !== undefined)
    .map((each, at) => (
      <span key={at}>
        {at > 0 && !/^[,;:]/.test(each.text) && " "}
        <SpanView span={each} />
      </span>
    ));
}

const SHOWN = 12;

function Lines({ lines }: { lines: Value[] }) {
  const rest = lines.slice(SHOWN);
  return (
    <>
      {lines.slice(0, SHOWN).map((line, at) => (
        <div key={at} className="whitespace-pre-line">
          <ValueView value={line} />
        </div>
      ))}
      {rest.length > 0 && (
        <Fold summary={`${rest.length} more`}>
          {rest.map((line, at) => (
            <div key={at}>
              <ValueView value={line} />
            </div>
          ))}
        </Fold>
      )}
    </>
  );
}

export function FactRows({ facts }: { facts: Fact[] }) {
  return (
    <DefinitionRows>
      {facts.map((fact) => (
        <Definition key={fact.label} label={fact.label}>
          <Lines lines={fact.lines} />
        </Definition>
      ))}
    </DefinitionRows>
  );
}
