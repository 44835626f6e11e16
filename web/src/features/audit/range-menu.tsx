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

/** `2026-11-26T13:42:07`, as a field for dates wants it; always UTC there, or always local. */
const fieldText = (at: string | undefined, utc: boolean) =>
  at ? formatAbsolute(at, utc).slice(0, 19).replace(" ", "T") : "";

function readField(text: string, utc: boolean): string | null {
  const at = epochSeconds(text && utc ? `${text}Z` : text);
  return at === null ? null : `${new Date(at * 1000).toISOString().slice(0, 19)}Z`;
}

function Between({ range, utc, onChange }: RangeMenuProps) {
  const bounds = rangeBounds(range, Date.now());
  const [from, setFrom] = useState(() => fieldText(bounds.from, utc));
  const [to, setTo] = useState(() => fieldText(bounds.to ?? new Date().toISOString(), utc));
  const [start, end] = [readField(from, utc), readField(to, utc)];
  const reason =
    !start || !end ? "both times are needed" : start >= end ? "the end lies before the start" : null;
  const field = (label: string, value: string, onText: (text: string) => void) => (
    <label className="flex items-center justify-between gap-2">
      <span className="text-text-2">{label}</span>
      <input
        type="datetime-local"
        step={1}
        value={value}
        onChange={(event) => onText(event.target.value)}
        className="mono h-(--control) w-48 rounded border border-line-strong bg-raised-1 px-2"
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
      <Button type="submit" className="self-end" disabledReason={reason}>
        Show
      </Button>
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
