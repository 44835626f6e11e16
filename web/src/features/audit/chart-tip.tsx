import type { AuditHistogram } from "@/api/contract";
import { countLines, edgesWords } from "./chart-words";
import { Swatch } from "./legend";

interface ChartTipProps {
  histogram: AuditHistogram;
  edges: [number, number];
  utc: boolean;
  x: number;
  width: number;
}

const WIDTH = 220;

/** The exact figures of what the pointer or the brush is on. */
export function ChartTip({ histogram, edges, utc, x, width }: ChartTipProps) {
  const lines = countLines(histogram, edges);
  const left = x + 8 + WIDTH > width ? Math.max(0, x - WIDTH - 24) : x + 8;
  return (
    <div
      aria-hidden
      style={{ left, width: WIDTH }}
      className="pointer-events-none absolute top-0 z-20 rounded border border-line-strong bg-raised-3 px-2 py-1.5 text-sm shadow-float"
    >
      <div className="mono">{edgesWords(histogram, edges, utc)}</div>
      {lines.length === 0 && <div className="text-text-3">no acts</div>}
      {lines.map(([series, count]) => (
        <div key={series} className="flex items-center gap-1.5">
          <Swatch series={series} /> {series} <span className="mono ml-auto">{count}</span>
        </div>
      ))}
    </div>
  );
}
