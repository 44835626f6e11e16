import { useId, useState, type KeyboardEvent, type ReactNode } from "react";
import { cx } from "@/lib/class-names";

export interface ComboOption {
  value: string;
  label?: ReactNode;
  note?: string | undefined;
}

interface ComboboxProps {
  label: string;
  hideLabel?: boolean;
  /** What is asked now; what is typed becomes it by Enter, by picking, or by leaving the field. */
  value: string;
  onCommit: (value: string) => void;
  /** For completion: every change of the text. */
  onText: (text: string) => void;
  options: readonly ComboOption[];
  placeholder?: string;
  hint?: ReactNode;
  problem?: string | null | undefined;
  /** Whether the text itself is an answer, or only one of the options. */
  free?: boolean;
  className?: string;
  id?: string;
}

/** The text as typed; a change from outside replaces it. */
function useDraft(value: string): [string, (draft: string) => void] {
  const [draft, setDraft] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    setDraft(value);
  }
  return [draft, setDraft];
}

function Options({
  id,
  options,
  at,
  onPick,
}: {
  id: string;
  options: readonly ComboOption[];
  at: number;
  onPick: (option: ComboOption) => void;
}) {
  return (
    <ul
      role="listbox"
      id={`${id}-options`}
      aria-label="completions"
      className="absolute top-full left-0 z-40 mt-1 max-h-72 w-full min-w-64 overflow-auto rounded-lg border border-line-strong bg-raised-1 p-1 shadow-float"
    >
      {options.map((option, index) => (
        <li
          key={option.value}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          ref={(element) => {
            if (index === at) element?.scrollIntoView({ block: "nearest" });
          }}
          // Before the field loses the focus, which would commit what was typed.
          onPointerDown={(event) => {
            event.preventDefault();
            onPick(option);
          }}
          className={cx(
            "flex items-baseline justify-between gap-4 rounded px-2 py-0.5",
            index === at ? "bg-accent-soft" : "hover:bg-raised-2",
          )}
        >
          <span className="mono min-w-0 truncate">{option.label ?? option.value}</span>
          {option.note && <span className="shrink-0 text-sm text-text-3">{option.note}</span>}
        </li>
      ))}
    </ul>
  );
}

/** One line to type into that offers how it may go on. */
export function Combobox(props: ComboboxProps) {
  const { label, hideLabel, value, onCommit, onText, options, hint, problem, free = true } = props;
  const { className = "" } = props;
  const own = useId();
  const id = props.id ?? own;
  const [draft, setDraft] = useDraft(value);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const shown = open && options.length > 0;
  const commit = (text: string) => {
    setOpen(false);
    setAt(-1);
    setDraft(free ? text : "");
    if (text !== value) onCommit(text);
  };
  const type = (text: string) => {
    setDraft(text);
    setOpen(true);
    setAt(-1);
    onText(text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length > 0) {
      setOpen(true);
      setAt((before) => (shown ? (before + step + options.length + 1) % (options.length + 1) : 0));
    } else if (event.key === "Enter") {
      const option = shown ? (options[at] ?? (free ? undefined : options[0])) : undefined;
      // Enter on what is asked already belongs to the form around the field.
      if (!option && draft.trim() === value) return setOpen(false);
      if (option) commit(option.value);
      else if (free) commit(draft.trim());
    } else if (event.key === "Escape" && shown) {
      setOpen(false);
    } else if (event.key === "Escape" && draft !== value) {
      setDraft(value);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const note = problem ?? hint;
  return (
    <div className={cx("relative min-w-0", className)}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "label mb-0.5 block"}>
        {label}
      </label>
      <input
        id={id}
        role="combobox"
        aria-expanded={shown}
        aria-controls={shown ? `${id}-options` : undefined}
        aria-activedescendant={shown && options[at] ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        aria-invalid={problem ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        value={draft}
        placeholder={props.placeholder}
        spellCheck={false}
        autoComplete="off"
        onFocus={() => onText(draft)}
        onChange={(event) => type(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          setOpen(false);
          if (free && draft.trim() !== value) onCommit(draft.trim());
        }}
        className="mono h-(--control) w-full min-w-0 rounded border border-line-strong bg-bg px-2 text-text-1 placeholder:font-sans placeholder:text-text-3 aria-invalid:border-danger"
      />
      {shown && <Options id={id} options={options} at={at} onPick={(option) => commit(option.value)} />}
      {note && (
        <p id={`${id}-note`} className={problem ? "mt-0.5 text-sm text-danger" : "label mt-0.5"}>
          {note}
        </p>
      )}
    </div>
  );
}
