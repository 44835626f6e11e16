import { useState } from "react";
import { epochSeconds, formatAbsolute } from "@/lib/age";
import { rangeBounds, SPANS, type Span, type TimeRange } from "@/lib/record-place";
import { Button } from "@/ui/button";
import { MenuList, Popover } from "@/ui/menu";
import { rangeWords } from "./verdict";

interface RangeMenuProps {
  range: TimeRange;
  utc: boolean;
  onChange: (range: TimeRange) => void;
}

/** `2026-11-26 13:42:07` or less of it; a clock alone is today's. */
export function readTime(text: string, utc: boolean, nowMs: number): string | null {
  const words = text.trim().replace(/Z$/, "").replace("T", " ");
  const today = formatAbsolute(nowMs / 1000, utc).slice(0, 10);
  const match = words ? /^(\d{4}-\d\d-\d\d)?\s*(\d\d:\d\d(?::\d\d)?)?$/.exec(words) : null;
  if (!match) return null;
  const [, day = today, clock = "00:00:00"] = match;
  const at = epochSeconds(`${day}T${clock}${utc ? "Z" : ""}`);
  return at === null ? null : `${new Date(at * 1000).toISOString().slice(0, 19)}Z`;
}

function Between({ range, utc, onChange }: RangeMenuProps) {
  const bounds = rangeBounds(range, Date.now());
  const text = (at: string | undefined) => (at ? formatAbsolute(at, utc).slice(0, 19) : "");
  const [from, setFrom] = useState(() => text(bounds.from));
  const [to, setTo] = useState(() => text(bounds.to ?? new Date().toISOString()));
  const [start, end] = [readTime(from, utc, Date.now()), readTime(to, utc, Date.now())];
  const reason =
    !start || !end
      ? "write both times as 2026-11-26 13:42:07, or as 13:42 for today"
      : start >= end
        ? "the end lies before the start"
        : null;
  const field = (label: string, value: string, onText: (text: string) => void) => (
    <label className="flex items-center justify-between gap-2">
      <span className="text-text-2">{label}</span>
      <input
        type="text"
        spellCheck={false}
        autoComplete="off"
        value={value}
        onChange={(event) => onText(event.target.value)}
        className="mono h-(--control) w-44 rounded border border-line-strong bg-raised-1 px-2"
      />
    </label>
  );
  return (
    <form
      className="flex flex-col gap-1.5 border-t border-line p-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!reason && start && end) onChange({ from: start, to: end });
      }}
    >
      {field(utc ? "from (UTC)" : "from", from, setFrom)}
      {field(utc ? "to (UTC)" : "to", to, setTo)}
      <div className="flex justify-end">
        <Button type="submit" disabledReason={reason}>
          Show
        </Button>
      </div>
    </form>
  );
}

/** Which time is shown: spans that end now, or two instants. */
export function RangeMenu({ range, utc, onChange }: RangeMenuProps) {
  return (
    <Popover button={rangeWords(range, utc)} label={`time: ${rangeWords(range, utc)}`}>
      {(close) => (
        <>
          <MenuList
            close={close}
            items={(Object.keys(SPANS) as Span[]).map((span) => ({
              id: span,
              label: rangeWords({ span }, utc),
              note: "span" in range && range.span === span ? "shown" : "",
              onSelect: () => onChange({ span }),
            }))}
          />
          <Between
            range={range}
            utc={utc}
            onChange={(next) => {
              close();
              onChange(next);
            }}
          />
        </>
      )}
    </Popover>
  );
}
