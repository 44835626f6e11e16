import { ChevronDown } from "lucide-react";
import type { RefObject } from "react";
import type { AuditStatus, Problem } from "@/api/contract";
import { exportHref, type RecordQuestion } from "@/api/record-queries";
import { FilterInput } from "@/components/filter-input";
import { recordTerm, type RecordState } from "@/lib/record-place";
import { Menu, type MenuItem } from "@/ui/menu";
import { FIELDS, setTerm } from "./record-filter";
import { RangeMenu } from "./range-menu";
import type { ChangeRecord } from "./use-record";

interface RecordToolbarProps {
  state: RecordState;
  change: ChangeRecord;
  problem: Problem | null;
  verbs: AuditStatus["verbs"];
  utc: boolean;
  input: RefObject<HTMLInputElement | null>;
  question: () => RecordQuestion;
  onLeaveFilter: () => void;
}

/** The fields one can ask for, for who does not know the grammar by heart. */
function FieldMenu({ state, change, input }: Pick<RecordToolbarProps, "state" | "change" | "input">) {
  const items: MenuItem[] = Object.entries(FIELDS).map(([key, { about }]) => ({
    id: key,
    label: <span className="mono">{key}:</span>,
    note: about,
    onSelect: () => {
      const filter = [state.filter, `${key}:`].filter(Boolean).join(" ");
      change({ filter }, { replace: true });
      input.current?.focus();
    },
  }));
  return <Menu button="field" items={items} />;
}

function VerbMenu({ state, change, verbs }: Pick<RecordToolbarProps, "state" | "change" | "verbs">) {
  const items: MenuItem[] = verbs.map(({ verb, about }) => ({
    id: verb,
    label: <span className="mono">{verb}</span>,
    about,
    onSelect: () => change({ filter: setTerm(state.filter, "verb", recordTerm("verb", verb)) }),
  }));
  return <Menu button="verb" items={items} />;
}

function ExportMenu({ question }: Pick<RecordToolbarProps, "question">) {
  const save = (format: "jsonl" | "csv") => () => location.assign(exportHref(question(), format));
  return (
    <Menu
      button="export"
      icon={<ChevronDown size={14} />}
      align="right"
      items={[
        {
          id: "jsonl",
          label: "JSON lines",
          about: "every field of every row of this filter and time",
          onSelect: save("jsonl"),
        },
        { id: "csv", label: "CSV", about: "one line for each row, for a spreadsheet", onSelect: save("csv") },
      ]}
    />
  );
}

export function RecordToolbar(props: RecordToolbarProps) {
  const { state, change, problem, verbs, utc } = props;
  return (
    <div
      role="toolbar"
      aria-label="record"
      className="flex min-h-(--bar) shrink-0 items-center gap-2 border-b border-line px-4 py-1.5 @max-[640px]:flex-wrap @max-[640px]:px-2"
    >
      <FilterInput
        value={state.filter}
        onChange={(filter) => change({ filter }, { replace: true })}
        problem={problem}
        input={props.input}
        onLeave={props.onLeaveFilter}
        placeholder="Filter: user:bob outcome:denied verb:scale name:api, text"
        className="min-w-44 flex-1 @min-[640px]:max-w-[560px] @max-[640px]:w-full @max-[640px]:flex-none"
      />
      <FieldMenu {...props} />
      <VerbMenu state={state} change={change} verbs={verbs} />
      <RangeMenu range={state.range} utc={utc} onChange={(range) => change({ range })} />
      <div className="flex-1 @max-[640px]:hidden" />
      <ExportMenu question={props.question} />
    </div>
  );
}
