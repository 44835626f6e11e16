import { X } from "lucide-react";
import { useEffect, useRef, useState, type RefObject } from "react";
import type { Problem } from "@/api/contract";
import { cx } from "@/lib/class-names";
import { filterTokens, type FilterPart } from "@/lib/filter-tokens";

const COLOUR: Record<FilterPart, string> = {
  blank: "",
  negation: "text-danger",
  key: "text-accent",
  value: "text-text-1",
  quoted: "text-ok",
  regex: "text-warning",
  text: "text-text-1",
};

const DEBOUNCE_MS = 150;

interface FilterInputProps {
  value: string;
  onChange: (value: string) => void;
  problem: Problem | null;
  input: RefObject<HTMLInputElement | null>;
  onLeave: () => void;
  /** What an empty field says about the grammar. */
  placeholder: string;
  /** What a screen reader calls it. */
  label?: string;
  className?: string;
}

/** The text as typed, which reaches the address after a moment; a change from outside replaces it. */
function useDraft(value: string, onChange: (value: string) => void): [string, (draft: string) => void] {
  const [draft, setDraft] = useState(value);
  const [seen, setSeen] = useState(value);
  // What we sent and have not seen come back: anything else that arrives comes from outside.
  const [sent, setSent] = useState<string | null>(null);
  if (value !== seen) {
    setSeen(value);
    setSent(null);
    if (value !== sent) setDraft(value);
  }
  useEffect(() => {
    if (draft.trim() === value) return undefined;
    const timer = setTimeout(() => {
      setSent(draft.trim());
      onChange(draft.trim());
    }, DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [draft, value, onChange]);
  return [draft, setDraft];
}

/** The same text behind the input, coloured: the input itself is transparent. */
function Colours({ text, problem }: { text: string; problem: Problem | null }) {
  const [from, to] = problem?.at ?? [-1, -1];
  return filterTokens(text).map(({ part, text: piece, at }) => (
    <span
      key={at}
      className={cx(
        COLOUR[part],
        at < to && at + piece.length > from && "underline decoration-danger decoration-wavy",
      )}
    >
      {piece}
    </span>
  ));
}

/** A line of filter terms, coloured while one types. */
export function FilterInput(props: FilterInputProps) {
  const { value, onChange, problem, input, onLeave, placeholder, label = "filter" } = props;
  const { className = "w-72 min-w-44 shrink-[4] @max-[640px]:w-full @max-[640px]:max-w-full" } = props;
  const [draft, setDraft] = useDraft(value, onChange);
  const mirror = useRef<HTMLDivElement>(null);
  const wrong = problem?.code === "filter_invalid" ? problem : null;
  const follow = () => {
    if (mirror.current && input.current) mirror.current.scrollLeft = input.current.scrollLeft;
  };
  return (
    <div className={`relative ${className}`}>
      <div
        className={cx(
          "relative flex h-(--control) items-center rounded border bg-raised-1 focus-within:border-accent",
          wrong ? "border-danger" : "border-line-strong",
        )}
      >
        <div
          ref={mirror}
          aria-hidden
          className="mono pointer-events-none absolute inset-x-2 overflow-hidden whitespace-pre"
        >
          <Colours text={draft} problem={wrong} />
        </div>
        <input
          ref={input}
          type="text"
          value={draft}
          spellCheck={false}
          autoComplete="off"
          aria-label={label}
          aria-invalid={Boolean(wrong)}
          aria-describedby={wrong ? "filter-problem" : undefined}
          placeholder={placeholder}
          onChange={(event) => setDraft(event.target.value)}
          onScroll={follow}
          onKeyUp={follow}
          onKeyDown={(event) => {
            if (event.key === "Escape" && draft === "") onLeave();
            else if (event.key === "Escape") setDraft("");
            else if (event.key === "Enter" || event.key === "ArrowDown") onLeave();
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
          className="mono h-full w-full bg-transparent pr-6 text-ellipsis pl-2 text-transparent caret-(--text-1) outline-none placeholder:font-sans placeholder:text-text-3"
        />
        {draft && (
          <button
            type="button"
            aria-label="clear the filter"
            onClick={() => setDraft("")}
            className="absolute right-1 text-text-3 hover:text-text-1"
          >
            <X size={14} />
          </button>
        )}
      </div>
      {wrong && (
        <p
          id="filter-problem"
          role="alert"
          className="absolute top-full z-30 mt-1 rounded border border-line-strong bg-raised-3 px-2 py-1 text-sm text-danger shadow-float"
        >
          {wrong.detail}
        </p>
      )}
    </div>
  );
}
