import { useId } from "react";

interface ActionChoiceProps {
  /** Of which question it is one action. */
  of: string;
  actions: readonly string[];
  /** How many there are beside these. */
  more?: number;
  now: string;
  onChange: (action: string) => void;
}

/** Nobody decides a pattern: AWS is asked for one action, and this says which. */
export function ActionChoice({ of, actions, more = 0, now, onChange }: ActionChoiceProps) {
  const id = useId();
  return (
    <div className="mb-4">
      <label htmlFor={id} className="label mb-0.5 block [overflow-wrap:anywhere]">
        A decision is about one action; of {of} this one
      </label>
      <select
        id={id}
        value={now}
        onChange={(event) => onChange(event.target.value)}
        className="mono h-(--control) w-full rounded border border-line-strong bg-bg px-1.5"
      >
        {actions.map((action) => (
          <option key={action}>{action}</option>
        ))}
        {more > 0 && <option disabled>{`and ${more} more: ask for one below`}</option>}
      </select>
    </div>
  );
}
