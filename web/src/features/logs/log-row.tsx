import { ChevronDown, ChevronRight } from "lucide-react";
import { memo } from "react";
import { cx } from "@/lib/class-names";
import { CopyButton } from "@/ui/copy-button";
import type { Filter } from "./filter";
import { LineText } from "./line-text";
import { jsonOf, levelOfLine, plainOf, type Level, type LogLine } from "./lines";
import type { Source } from "./log-store";
import { timeOf, type Zone } from "./times";

/** What is drawn of a line before it is opened. */
export const LONGEST_SHOWN = 3_000;

export const SERIES = [
  "text-series-1",
  "text-series-2",
  "text-series-3",
  "text-series-4",
  "text-series-5",
  "text-series-6",
  "text-series-7",
  "text-series-8",
];

const LEVEL_LOOK: Record<Level, string> = {
  fatal: "bg-danger-soft text-danger font-semibold",
  error: "bg-danger-soft text-danger",
  warn: "bg-warning-soft text-warning",
  info: "text-text-3",
  debug: "text-text-3",
  trace: "text-text-3",
};

export interface RowLook {
  wrap: boolean;
  times: boolean;
  fields: boolean;
  /** Whose line it is: only where there are several. */
  letters: boolean;
  zone: Zone;
}

interface LogRowProps {
  line: LogLine;
  source: Source | undefined;
  look: RowLook;
  filter: Filter;
  current: boolean;
  open: boolean;
  onToggle: (line: LogLine) => void;
}

function Fields({ line, filter }: { line: LogLine; filter: Filter }) {
  const json = jsonOf(line);
  if (!json) return <LineText raw={line.raw.slice(0, LONGEST_SHOWN)} filter={filter} />;
  return (
    <>
      {json.message && <LineText raw={json.message} filter={filter} />}
      {json.fields.map(([key, value]) => (
        <span key={key} className="ml-2 text-text-3">
          <LineText raw={key} filter={filter} />=
          <span className="text-text-2">
            <LineText raw={value} filter={filter} />
          </span>
        </span>
      ))}
    </>
  );
}

/** All there is of one line. */
function Opened({ line, source, filter }: { line: LogLine; source: Source | undefined; filter: Filter }) {
  const json = jsonOf(line);
  const text = json ? JSON.stringify(json.value, null, 2) : plainOf(line);
  const facts = [line.time || "without a time", source?.pod, source?.container, source?.node];
  return (
    <div className="mr-2 mb-1 ml-6 rounded border border-line bg-raised-1 whitespace-normal">
      <div className="flex items-center gap-3 border-b border-line py-0.5 pr-1 pl-2 text-sm text-text-3">
        <span className="mono min-w-0 flex-1 [overflow-wrap:anywhere]">
          {facts.filter(Boolean).join(" · ")}
        </span>
        <CopyButton text={text} label="copy this line" />
      </div>
      <pre className="mono max-h-80 overflow-auto px-2 py-1 [overflow-wrap:anywhere] whitespace-pre-wrap">
        {json ? <LineText raw={text} filter={filter} /> : <LineText raw={line.raw} filter={filter} />}
      </pre>
    </div>
  );
}

/** One line. Everything in it comes from a container, and is text. */
export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { line, source, look, filter, current, open, onToggle } = props;
  const level = levelOfLine(line);
  const cut = line.raw.length > LONGEST_SHOWN;
  return (
    <div data-line={line.id} className={cx(current && "bg-accent-soft")}>
      <div className="flex min-h-[18px] items-start pr-3 hover:bg-raised-2">
        <button
          type="button"
          tabIndex={-1}
          aria-expanded={open}
          aria-label={open ? "close the line" : "open the line"}
          onClick={() => onToggle(line)}
          className="inline-flex h-[18px] w-5 shrink-0 items-center justify-center text-text-3 opacity-40 hover:opacity-100"
        >
          {open ? <ChevronDown size={12} /> : <ChevronRight size={12} />}
        </button>
        {look.times && (
          <time
            dateTime={line.time || undefined}
            title={line.time || undefined}
            className="mr-2 w-[88px] shrink-0 text-text-3"
          >
            {timeOf(line.time, look.zone)}
          </time>
        )}
        {look.letters && (
          <span
            title={source ? `${source.pod} · ${source.container}` : undefined}
            className={cx("mr-2 w-[2ch] shrink-0 font-semibold", SERIES[source?.colour ?? 0])}
          >
            {source?.letters}
          </span>
        )}
        <span
          aria-label={level ?? undefined}
          title={level ?? undefined}
          className={cx("mr-2 w-[2ch] shrink-0 rounded-sm text-center", level && LEVEL_LOOK[level])}
        >
          {level ? level[0]?.toUpperCase() : ""}
        </span>
        <bdi
          dir="ltr"
          className={cx("min-w-0 flex-1", look.wrap ? "break-all whitespace-pre-wrap" : "whitespace-pre")}
        >
          {look.fields ? (
            <Fields line={line} filter={filter} />
          ) : (
            <LineText raw={line.raw.slice(0, LONGEST_SHOWN)} filter={filter} />
          )}
          {cut && (
            <button
              type="button"
              tabIndex={-1}
              onClick={() => onToggle(line)}
              className="ml-1 rounded-sm bg-raised-3 px-1 text-xs text-text-2 hover:text-text-1"
            >
              … {(line.raw.length - LONGEST_SHOWN).toLocaleString("en")} more
            </button>
          )}
        </bdi>
      </div>
      {open && <Opened line={line} source={source} filter={filter} />}
    </div>
  );
});
