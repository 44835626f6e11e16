import type { UseQueryResult } from "@tanstack/react-query";
import type { AuditHistogram, AuditStatus } from "@/api/contract";
import { asApiError } from "@/api/problem";
import { nowSeconds } from "@/lib/clock";
import type { RecordState } from "@/lib/record-place";
import { Button } from "@/ui/button";
import { Kbd } from "@/ui/kbd";
import { Skeleton } from "@/ui/skeleton";
import { TONE_TEXT } from "@/ui/tone-mark";
import { barSpan, Chart } from "./chart";
import { ChartTable } from "./chart-table";
import { totals } from "./histogram";
import { Legend, Patterns } from "./legend";
import type { ChangeRecord } from "./use-record";
import { rangeWords, reachWords, recordVerdict, scopeWords } from "./verdict";

interface FiguresProps {
  figures: UseQueryResult<AuditHistogram>;
  status: AuditStatus | undefined;
  state: RecordState;
  change: ChangeRecord;
  utc: boolean;
}

function Says({ figures, status, state, utc }: Omit<FiguresProps, "change">) {
  const { data } = figures;
  const verdict = data && recordVerdict(totals(data.buckets));
  const scope = data?.scope ?? status?.scope;
  const words = [
    rangeWords(state.range, utc),
    scope && scopeWords(scope),
    status && reachWords(status, nowSeconds(), utc),
  ];
  return (
    <div className="min-w-0 flex-1">
      {verdict ? (
        <h2
          className={`line-clamp-2 text-lg font-semibold @min-[640px]:line-clamp-1 @max-[640px]:h-11 ${TONE_TEXT[verdict.tone]}`}
        >
          {verdict.title}
        </h2>
      ) : (
        <h2 className="h-[22px] @max-[640px]:h-11">
          <Skeleton className="h-4 w-64" />
        </h2>
      )}
      <p
        className="h-5 truncate text-sm text-text-2 @max-[640px]:line-clamp-2 @max-[640px]:h-9 @max-[640px]:whitespace-normal"
        title={words.filter(Boolean).join(" · ")}
      >
        {words.filter(Boolean).join(" · ")}
      </p>
    </div>
  );
}

function Picture({ figures, state, change, utc }: Omit<FiguresProps, "status">) {
  const { data, error } = figures;
  if (!data) {
    return (
      <div className="hatched flex h-full items-center justify-center rounded" role="status">
        {error && (
          <span className="bg-bg px-2 text-text-2">
            figures not known: {asApiError(error).problem.detail}
          </span>
        )}
      </div>
    );
  }
  if (state.table) return <ChartTable histogram={data} state={state} utc={utc} />;
  return <Chart histogram={data} utc={utc} onZoom={(range) => change({ range, open: null })} />;
}

/** What the span says in one sentence, then when it happened. */
export function Figures(props: FiguresProps) {
  const { figures, state, change } = props;
  const zoomed = "from" in state.range;
  return (
    <section
      aria-label="figures"
      className="shrink-0 border-b border-line px-4 pt-2 pb-1.5 @max-[640px]:px-2"
    >
      <Patterns />
      <div className="flex items-start gap-x-4 @max-[860px]:flex-col">
        <Says {...props} />
        <div className="flex min-h-[26px] max-w-full shrink-0 items-center gap-1.5 overflow-x-auto [scrollbar-width:none]">
          {figures.data && <Legend counts={totals(figures.data.buckets)} state={state} change={change} />}
        </div>
      </div>
      <div className={`mt-1.5 ${state.table ? "h-44" : "h-[94px]"}`}>
        <Picture {...props} />
      </div>
      <div className="label flex h-6 items-center gap-3">
        <span className="truncate @max-[640px]:hidden">
          {figures.data && `${barSpan(figures.data)}${state.table ? "" : " · drag to look closer"}`}
        </span>
        <span className="flex-1" />
        {zoomed && (
          <button type="button" className="link" onClick={() => change({ range: { span: "24h" } })}>
            back to the last 24 hours
          </button>
        )}
        <Button
          look="quiet"
          className="h-6!"
          onClick={() => change({ table: !state.table }, { replace: true })}
        >
          {state.table ? "as a chart" : "as a table"} <Kbd>t</Kbd>
        </Button>
      </div>
    </section>
  );
}
