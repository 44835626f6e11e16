import { useEffect, useRef } from "react";
import { ENVIRONMENT_BG } from "@/components/environment";
import { TextField } from "@/ui/field";

interface ConfirmNameProps {
  /** What has to be typed. */
  name: string;
  typed: string;
  onChange: (typed: string) => void;
  onEnter: () => void;
}

/** In production, a slip of the hand is not enough. */
export function ConfirmName({ name, typed, onChange, onEnter }: ConfirmNameProps) {
  const root = useRef<HTMLDivElement>(null);
  // It comes with the consequence, after the dialog: whoever is not typing yet can type at once.
  useEffect(() => {
    if (!(document.activeElement instanceof HTMLInputElement)) root.current?.querySelector("input")?.focus();
  }, []);
  return (
    <div
      ref={root}
      className="relative w-full pb-1 pl-3"
      onKeyDown={(event) => {
        if (event.key === "Enter") onEnter();
      }}
    >
      <span
        aria-hidden
        className={`absolute inset-y-0 left-0 w-[3px] rounded-full ${ENVIRONMENT_BG.production}`}
      />
      <p className="mb-1 [overflow-wrap:anywhere]">
        This is production. Type <span className="mono font-semibold select-all">{name}</span> to confirm.
      </p>
      <TextField
        label={`type ${name} to confirm`}
        hideLabel
        mono
        value={typed}
        onChange={onChange}
        problem={typed !== "" && !name.startsWith(typed) ? `this is not ${name}` : null}
        className="max-w-96"
      />
    </div>
  );
}
