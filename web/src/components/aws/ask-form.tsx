import { useState } from "react";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { ActionField } from "./action-field";

export interface AskProps {
  action: string;
  resource: string;
  onAsk: (action: string, resource: string) => void;
}

/** One action on one resource: what a workload can be asked. */
export function AskForm({ action, resource, onAsk }: AskProps) {
  const [asked, setAsked] = useState({ action, resource });
  const [seen, setSeen] = useState({ action, resource });
  if (seen.action !== action || seen.resource !== resource) {
    setSeen({ action, resource });
    setAsked({ action, resource });
  }
  const submit = () => asked.action && onAsk(asked.action, asked.resource.trim());
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ActionField
        value={asked.action}
        onCommit={(next) => {
          setAsked({ ...asked, action: next });
        }}
        className="min-w-40 flex-1"
      />
      <TextField
        label="Resource"
        value={asked.resource}
        onChange={(next) => setAsked({ ...asked, resource: next })}
        placeholder="arn:aws:s3:::bucket/key, or any"
        mono
        className="min-w-40 flex-[1.4]"
      />
      <Button type="submit" disabledReason={asked.action ? null : "an action is missing"}>
        Ask
      </Button>
    </form>
  );
}
