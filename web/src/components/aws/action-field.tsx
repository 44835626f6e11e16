import { useDeferredValue, useState } from "react";
import { useActions } from "@/api/aws-reference";
import { completed, typed } from "@/lib/aws-actions";
import { Combobox } from "@/ui/combobox";

interface ActionFieldProps {
  value: string;
  onCommit: (action: string) => void;
  label?: string;
  hint?: string;
  problem?: string | null | undefined;
  className?: string;
  /** Several may be asked together. */
  several?: boolean;
}

/** An action of AWS, or a pattern of them, with what AWS knows as completions; with `several`, more than one by `+`. */
export function ActionField({
  value,
  onCommit,
  label = "Action",
  hint,
  problem,
  className,
  several = false,
}: ActionFieldProps) {
  const [text, setText] = useState(value);
  const asked = useDeferredValue(several ? typed(text) : text.trim());
  const actions = useActions(asked, asked.length > 0 && !asked.includes("*"));
  const options = (asked.includes("*") ? [] : (actions.data?.actions ?? [])).map(
    ({ action, accessLevel, wildcardOnly }) => ({
      value: several ? completed(text, action) : action,
      label: action,
      note: wildcardOnly ? `${accessLevel} · on * only` : accessLevel,
    }),
  );
  return (
    <Combobox
      label={label}
      value={value}
      onCommit={onCommit}
      onText={setText}
      options={options}
      placeholder="s3:GetObject, s3:Delete*, iam:*"
      {...(hint === undefined ? {} : { hint })}
      problem={problem}
      {...(className === undefined ? {} : { className })}
    />
  );
}
