import { useId, type ReactNode } from "react";
import { cx } from "@/lib/class-names";

const INPUT =
  "h-(--control) min-w-0 rounded border bg-bg px-2 text-text-1 placeholder:text-text-3 aria-invalid:border-danger";

interface TextFieldProps {
  label: string;
  /** The label stands somewhere else in sight. */
  hideLabel?: boolean;
  value: string;
  onChange: (value: string) => void;
  problem?: string | null | undefined;
  hint?: ReactNode;
  placeholder?: string;
  mono?: boolean;
  numeric?: boolean;
  readOnly?: boolean;
  /** Takes the focus when its dialog opens. */
  first?: boolean;
  className?: string;
}

/** One line to type into, with what is wrong with it right below. */
export function TextField(props: TextFieldProps) {
  const { label, hideLabel, value, onChange, problem, hint, first, mono, numeric, className = "" } = props;
  const id = useId();
  return (
    <div className={cx("min-w-0", className)}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "label mb-0.5 block"}>
        {label}
      </label>
      <input
        id={id}
        value={value}
        readOnly={props.readOnly}
        placeholder={props.placeholder}
        inputMode={numeric ? "numeric" : undefined}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem || hint ? `${id}-note` : undefined}
        data-first-focus={first || undefined}
        onChange={(event) => onChange(event.target.value)}
        className={cx(
          INPUT,
          "w-full border-line-strong",
          mono && "mono placeholder:font-sans",
          props.readOnly && "text-text-2",
        )}
      />
      {(problem || hint) && (
        <p id={`${id}-note`} className={problem ? "mt-0.5 text-sm text-danger" : "label mt-0.5"}>
          {problem ?? hint}
        </p>
      )}
    </div>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; title: string; about?: string }[];
  onChange: (value: T) => void;
}

/** One of a few, all in sight. */
export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="label mb-0.5">{label}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        {options.map((option) => (
          <label key={option.value} className="flex min-h-(--control) items-center gap-1.5">
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="accent-(--accent)"
            />
            <span>
              {option.title}
              {option.about && <span className="text-sm text-text-3"> · {option.about}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function CheckField({
  label,
  about,
  checked,
  onChange,
}: {
  label: string;
  about: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <label className="flex min-h-(--control) items-start gap-2 py-0.5">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-1 accent-(--accent)"
      />
      <span>
        {label}
        <span className="block text-sm text-text-3">{about}</span>
      </span>
    </label>
  );
}
