import { useDeferredValue, useState } from "react";
import { useClusters, useSearch } from "@/api/queries";
import { ActionField } from "@/components/aws/action-field";
import { workloadKind } from "@/components/aws/workload-link";
import { mayBeEks } from "@/components/use-eks";
import { hasAwsIdentity } from "@/lib/aws-kinds";
import { parseWorkloadKey, workloadKey, type WhoCanState } from "@/lib/aws-place";
import { Button } from "@/ui/button";
import { Combobox } from "@/ui/combobox";
import { TextField } from "@/ui/field";
import { Popover } from "@/ui/menu";

type Change = (next: Partial<WhoCanState>) => void;

/** Which clusters are asked; none chosen is all of them. */
function ClusterPicker({ chosen, change }: { chosen: string[]; change: Change }) {
  const clusters = (useClusters().data ?? []).filter((each) => mayBeEks(each) || chosen.includes(each.id));
  const words = chosen.length === 0 ? "all" : chosen.length === 1 ? chosen[0] : `${chosen.length} chosen`;
  const toggle = (id: string) =>
    change({ clusters: chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id] });
  return (
    <div>
      <span className="label mb-0.5 block">Clusters</span>
      <Popover
        align="right"
        button={
          <span className="max-w-40 truncate">
            <span className="sr-only">clusters </span>
            <strong className="font-semibold">{words}</strong>
            <span aria-hidden> ▾</span>
          </span>
        }
      >
        {() => (
          <fieldset className="flex min-w-52 flex-col p-2">
            <legend className="sr-only">clusters</legend>
            {clusters.map(({ id, name }) => (
              <label key={id} className="flex h-7 items-center gap-2 px-1">
                <input
                  type="checkbox"
                  checked={chosen.includes(id)}
                  onChange={() => toggle(id)}
                  className="size-3.5 accent-(--accent)"
                />
                {name}
              </label>
            ))}
            <Button
              look="quiet"
              onClick={() => change({ clusters: [] })}
              disabledReason={chosen.length === 0 ? "every cluster is asked already" : null}
            >
              All clusters
            </Button>
          </fieldset>
        )}
      </Popover>
    </div>
  );
}

/** A line that reaches the address by Enter or by leaving it: each letter would be a question of its own. */
function Line({
  label,
  value,
  onCommit,
  placeholder,
  problem,
  className,
}: {
  label: string;
  value: string;
  onCommit: (value: string) => void;
  placeholder: string;
  problem?: string | null;
  className: string;
}) {
  const [draft, setDraft] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setDraft(value);
  }
  const commit = () => draft.trim() !== value && onCommit(draft.trim());
  return (
    <div
      className={className}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
        else if (event.key === "Escape") setDraft(value);
      }}
    >
      <TextField
        label={label}
        value={draft}
        onChange={setDraft}
        placeholder={placeholder}
        problem={problem}
        mono
      />
    </div>
  );
}

interface WhoCanFormProps {
  state: WhoCanState;
  change: Change;
  problem: string | null;
  /** What the problem is about: `resource`; the action for anything else. */
  field: string | null;
}

/** The question: what, on what, of whom. */
export function WhoCanForm({ state, change, problem, field }: WhoCanFormProps) {
  const atResource = field === "resource";
  return (
    <div role="search" aria-label="who can" className="flex flex-wrap items-start gap-2">
      <ActionField
        value={state.action}
        onCommit={(action) => change({ action, part: "" })}
        several
        problem={atResource ? null : problem}
        className="min-w-56 flex-1 @max-[560px]:w-full @max-[560px]:flex-none"
      />
      <Line
        label="Resource"
        value={state.resource}
        onCommit={(resource) => change({ resource })}
        placeholder="any, or arn:aws:s3:::bucket/*"
        problem={atResource ? problem : null}
        className="min-w-56 flex-[1.4] @max-[560px]:w-full @max-[560px]:flex-none"
      />
      <Line
        label="Namespace"
        value={state.namespace}
        onCommit={(namespace) => change({ namespace })}
        placeholder="any"
        className="w-36"
      />
      <ClusterPicker chosen={state.clusters} change={change} />
    </div>
  );
}

/** One workload by its name, to ask of it why it can, or why it cannot. */
export function WorkloadField({ onPick }: { onPick: (open: WhoCanState["open"]) => void }) {
  const [text, setText] = useState("");
  const search = useSearch(useDeferredValue(text.trim()));
  const options =
    text.trim().length < 2
      ? []
      : (search.data?.hits ?? [])
          .map(({ object }) => object)
          .filter(({ kind, namespace }) => namespace && hasAwsIdentity(kind))
          .map(({ cluster, kind, namespace, name }) => ({
            value: workloadKey({ cluster, kind, namespace: namespace ?? "", name }),
            label: name,
            note: `${workloadKind(kind)} · ${namespace ?? ""} · ${cluster}`,
          }));
  return (
    <Combobox
      label="Why can, or why can't, one workload"
      value=""
      free={false}
      onText={setText}
      onCommit={(key) => onPick(parseWorkloadKey(key))}
      options={options}
      placeholder="its name"
      className="w-80 max-w-full"
    />
  );
}
