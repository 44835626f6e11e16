import { Bar } from "@/ui/bar";
import { Section } from "@/ui/definition-rows";
import type { Gauge } from "../facts/model";

/** Up to here text and bar share a line. */
const SHORT = 14;

function Row({ gauge }: { gauge: Gauge }) {
  const { label, text, total, used, requested, mark, tone } = gauge;
  const short = text.length <= SHORT;
  return (
    <>
      <dt className="[overflow-wrap:anywhere] text-text-3">{label}</dt>
      <dd className={short ? "flex min-w-0 items-center gap-3" : "min-w-0"}>
        <div className={`mono ${short ? "min-w-14 shrink-0" : ""}`}>{text}</div>
        {total > 0 && (
          <Bar
            className={`block h-1.5 w-full max-w-96 ${short ? "" : "mb-1"}`}
            label={`${label}: ${text}`}
            total={total}
            tone={tone}
            used={used ?? null}
            {...(requested === undefined ? {} : { requested })}
            {...(mark === undefined ? {} : { mark })}
          />
        )}
      </dd>
    </>
  );
}

/** Use, request and limit on one bar each; hatched where nothing was measured. */
export function GaugesBlock({
  title,
  items,
  note,
}: {
  title: string;
  items: Gauge[];
  note?: string | undefined;
}) {
  if (items.length === 0) return null;
  return (
    <Section title={title} aside={note && <span>{note}</span>}>
      <dl className="grid grid-cols-[minmax(92px,max-content)_minmax(0,1fr)] gap-x-4 gap-y-1">
        {items.map((gauge) => (
          <Row key={gauge.label} gauge={gauge} />
        ))}
      </dl>
    </Section>
  );
}
