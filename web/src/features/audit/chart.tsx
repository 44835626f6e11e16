import {
  memo,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
} from "react";
import type { AuditHistogram } from "@/api/contract";
import { plural } from "@/lib/quantity";
import {
  brushEdges,
  brushRange,
  bucketAt,
  bucketBounds,
  bucketEdges,
  bucketTotal,
  layoutBars,
  timeTicks,
  type Brush,
} from "./histogram";
import { bucketWords, clockOffset, spanWords } from "./chart-words";
import { SERIES_FILL } from "./legend";
import { ChartTip } from "./chart-tip";

const HEIGHT = 76;
const AXIS = 18;

function useWidth(box: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

/** The bars alone: they change with the figures, not with the pointer. */
const Bars = memo(function Bars({ histogram, width }: { histogram: AuditHistogram; width: number }) {
  const { bars } = layoutBars(histogram, width, HEIGHT);
  return bars.map((bar) =>
    bar.parts.map((part) => (
      <rect
        key={`${bar.index} ${part.series}`}
        x={bar.x}
        y={part.y}
        width={bar.width}
        height={part.height}
        style={{ fill: SERIES_FILL[part.series] }}
      />
    )),
  );
});

function Axes({ histogram, width, utc }: { histogram: AuditHistogram; width: number; utc: boolean }) {
  const [from, to] = [Date.parse(histogram.from), Date.parse(histogram.to)];
  const ticks = timeTicks(from, to, width, clockOffset(from, utc));
  return (
    <g aria-hidden className="fill-text-3 text-[11px]">
      <line x1={0} x2={width} y1={0.5} y2={0.5} className="stroke-line" />
      <line x1={0} x2={width} y1={HEIGHT + 0.5} y2={HEIGHT + 0.5} className="stroke-line-strong" />
      {ticks.map(({ x, label }) => (
        <g key={x}>
          <line x1={x} x2={x} y1={HEIGHT} y2={HEIGHT + 4} className="stroke-line-strong" />
          <text x={x} y={HEIGHT + 14} textAnchor="middle">
            {label}
          </text>
        </g>
      ))}
    </g>
  );
}

/** What is brushed, or the bucket that is looked at. */
function Marks({ edges, brushed }: { edges: [number, number]; brushed: boolean }) {
  return (
    <rect
      x={edges[0]}
      width={Math.max(1, edges[1] - edges[0])}
      height={HEIGHT}
      className={brushed ? "fill-accent stroke-accent" : "fill-text-1"}
      fillOpacity={brushed ? 0.18 : 0.1}
    />
  );
}

interface ChartProps {
  histogram: AuditHistogram;
  utc: boolean;
  onZoom: (range: { from: string; to: string }) => void;
}

/** Where somebody looks, and what they have brushed so far. */
function useBrush({ histogram, onZoom }: ChartProps, width: number) {
  const count = histogram.buckets.length;
  const [cursor, setCursor] = useState<number | null>(null);
  const [brush, setBrush] = useState<Brush | null>(null);
  const zoom = (wish: Brush) => {
    setBrush(null);
    setCursor(null);
    onZoom(brushRange(histogram, wish));
  };
  const at = (event: PointerEvent<HTMLElement>) =>
    bucketAt(histogram, event.clientX - event.currentTarget.getBoundingClientRect().left, width);
  const onKeyDown = (event: KeyboardEvent) => {
    const here = cursor ?? count;
    const to = { ArrowLeft: here - 1, ArrowRight: cursor === null ? 0 : here + 1, Home: 0, End: count - 1 }[
      event.key
    ];
    if (to !== undefined) {
      const next = Math.max(0, Math.min(count - 1, to));
      setBrush(event.shiftKey ? { anchor: brush?.anchor ?? cursor ?? next, head: next } : null);
      setCursor(next);
    } else if (event.key === "Enter" && cursor !== null) zoom(brush ?? { anchor: cursor, head: cursor });
    else if (event.key === "Escape" && (brush || cursor !== null)) {
      setBrush(null);
      setCursor(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const handlers = {
    onKeyDown,
    onBlur: () => {
      setBrush(null);
      setCursor(null);
    },
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setBrush({ anchor: at(event), head: at(event) });
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      setCursor(at(event));
      if (brush && event.buttons === 1) setBrush({ ...brush, head: at(event) });
    },
    onPointerUp: () => {
      // A press without a way is no wish to look closer.
      if (brush && brush.anchor !== brush.head) zoom(brush);
      else setBrush(null);
    },
    onPointerCancel: () => setBrush(null),
    onPointerLeave: () => {
      if (!brush) setCursor(null);
    },
  };
  return { cursor, brush, handlers };
}

/** Acts over time. A drag, or shift and the arrows with Enter, looks closer. */
export function Chart(props: ChartProps) {
  const { histogram, utc } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const { cursor, brush, handlers } = useBrush(props, width);
  const count = histogram.buckets.length;
  const { max } = layoutBars(histogram, width, HEIGHT);
  const shown = brush ? brushEdges(brush) : cursor === null ? null : ([cursor, cursor] as [number, number]);
  const place =
    shown &&
    ([bucketEdges(histogram, shown[0], width)[0], bucketEdges(histogram, shown[1], width)[1]] as [
      number,
      number,
    ]);
  const value = cursor ?? 0;
  return (
    <div className="flex gap-2">
      <div
        aria-hidden
        className="label flex h-[78px] w-9 shrink-0 flex-col justify-between text-right leading-none!"
      >
        <span>{max}</span>
        <span>acts</span>
        <span>0</span>
      </div>
      <div
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label="acts over time"
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, count - 1)}
        aria-valuenow={value}
        aria-valuetext={
          count === 0
            ? "no time"
            : brush
              ? spanWords(histogram, brushEdges(brush), utc)
              : bucketWords(histogram, value, utc)
        }
        title={undefined}
        className="relative min-w-0 flex-1 cursor-crosshair touch-pan-y outline-offset-2 select-none"
        {...handlers}
      >
        <svg aria-hidden width={width} height={HEIGHT + AXIS} className="block overflow-visible">
          <Axes histogram={histogram} width={width} utc={utc} />
          <Bars histogram={histogram} width={width} />
          {place && <Marks edges={place} brushed={brush !== null} />}
        </svg>
        {shown && place && width > 0 && (
          <ChartTip histogram={histogram} edges={shown} utc={utc} x={place[1]} width={width} />
        )}
      </div>
    </div>
  );
}

/** `a bar is 24 minutes`: the unit of the axis. */
export function barSpan(histogram: AuditHistogram): string {
  if (histogram.buckets.length === 0) return "";
  // The first may be narrower.
  const [start, end] = bucketBounds(histogram, Math.min(1, histogram.buckets.length - 1));
  const seconds = Math.round((end - start) / 1000);
  if (seconds < 60) return `a bar is ${plural(seconds, "second")}`;
  const minutes = Math.round(seconds / 6) / 10;
  if (minutes < 60) return `a bar is ${minutes === 1 ? "1 minute" : `${minutes} minutes`}`;
  const hours = Math.round(minutes / 6) / 10;
  return hours < 48
    ? `a bar is ${hours === 1 ? "1 hour" : `${hours} hours`}`
    : `a bar is ${Math.round(hours / 2.4) / 10} days`;
}

export const hasActs = ({ buckets }: AuditHistogram): boolean =>
  buckets.some((bucket) => bucketTotal(bucket) > 0);
