import { Bar } from "@/ui/bar";
import { Section } from "@/ui/definition-rows";
import type { Gauge } from "../facts/model";

/** Up to here text and bar share a line; either all of a block do, or none. */
const SHORT = 16;

function Row({ gauge, width }: { gauge: Gauge; width: number | null }) {
  const short = width !== null;
  const { label, text, total, used, requested, mark, tone } = gauge;
  return (
    <>
      <dt className="[overflow-wrap:anywhere] text-text-3">{label}</dt>
      <dd className={short ? "flex min-w-0 items-center gap-3" : "min-w-0"}>
        <div
          className={`mono ${short ? "shrink-0" : ""}`}
          style={short ? { width: `${width}ch` } : undefined}
        >
          {text}
        </div>
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
  const longest = Math.max(...items.map(({ text }) => text.length));
  return (
    <Section title={title} aside={note && <span>{note}</span>}>
      <dl className="grid grid-cols-[minmax(92px,max-content)_minmax(0,1fr)] gap-x-4 gap-y-1">
        {items.map((gauge) => (
          <Row key={gauge.label} gauge={gauge} width={longest <= SHORT ? longest : null} />
        ))}
      </dl>
    </Section>
  );
}
