import { recordHref, recordTerm, type RecordState } from "@/lib/record-place";
import { formatCount } from "@/lib/quantity";
import { Chip } from "@/ui/chip";
import { ACT_ABOUT } from "./act";
import { SERIES, type Series } from "./histogram";
import { setTerm } from "./record-filter";
import type { ChangeRecord } from "./use-record";

/** How each way to end is drawn: colour and pattern together, so that neither carries the meaning alone. */
export const SERIES_FILL: Record<Series, string> = {
  success: "var(--bar-fill)",
  open: "url(#record-open)",
  unknown: "url(#record-unknown)",
  failure: "var(--danger)",
  denied: "url(#record-denied)",
};

/** The patterns that `SERIES_FILL` names; once on the page. */
export function Patterns() {
  return (
    <svg aria-hidden className="absolute size-0">
      <defs>
        <pattern
          id="record-denied"
          width="4"
          height="4"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="4" height="4" style={{ fill: "var(--warning-soft)" }} />
          <rect width="2.4" height="4" style={{ fill: "var(--warning)" }} />
        </pattern>
        <pattern id="record-unknown" width="4" height="4" patternUnits="userSpaceOnUse">
          <rect width="4" height="4" style={{ fill: "var(--raised-2)" }} />
          <rect x="0.5" y="0.5" width="2" height="2" style={{ fill: "var(--text-3)" }} />
        </pattern>
        <pattern id="record-open" width="4" height="4" patternUnits="userSpaceOnUse">
          <rect width="4" height="4" style={{ fill: "var(--notice-soft)" }} />
          <rect width="4" height="1.6" style={{ fill: "var(--notice)" }} />
        </pattern>
      </defs>
    </svg>
  );
}

export function Swatch({ series }: { series: Series }) {
  return (
    <svg aria-hidden viewBox="0 0 10 10" className="size-[10px] shrink-0">
      <rect width="10" height="10" rx="1" style={{ fill: SERIES_FILL[series] }} />
    </svg>
  );
}

interface LegendProps {
  counts: Record<Series, number>;
  state: RecordState;
  change: ChangeRecord;
}

/** What the bars are made of; each is a filter. What did not happen and nobody asked for is left out. */
export function Legend({ counts, state, change }: LegendProps) {
  const shown = SERIES.filter((series) => series === "success" || counts[series] > 0 || asked(state, series));
  return shown.map((series) => {
    const words = (
      <>
        <Swatch series={series} /> {series}{" "}
        <strong className="font-semibold">{formatCount(counts[series])}</strong>
      </>
    );
    // An act without its outcome has none to be asked for.
    if (series === "open")
      return (
        <span
          key={series}
          title={ACT_ABOUT.open}
          className="inline-flex h-(--control) items-center gap-1.5 px-2 text-sm"
        >
          {words}
        </span>
      );
    const filter = setTerm(state.filter, "outcome", recordTerm("outcome", series));
    return (
      <Chip
        key={series}
        href={recordHref({ ...state, filter, open: null })}
        active={asked(state, series)}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          change({ filter });
        }}
      >
        {words}
      </Chip>
    );
  });
}

const asked = ({ filter }: RecordState, series: Series) =>
  filter.split(/\s+/).includes(recordTerm("outcome", series));
