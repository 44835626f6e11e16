import { Plus, RotateCcw, Trash2 } from "lucide-react";
import { cx } from "@/lib/class-names";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { SkeletonLines } from "@/ui/skeleton";
import { addRow, changeRow, dropRow, pairProblems, type PairRow, type RowProblem } from "./pairs";

interface PairsEditorProps {
  type: "label" | "annotate";
  rows: PairRow[] | null;
  /** Of one object: what it has is shown. Of several: what all of them shall have. */
  one: boolean;
  onChange: (rows: PairRow[]) => void;
}

interface PairLineProps {
  row: PairRow;
  problem: RowProblem | undefined;
  onChange: (change: Partial<PairRow>) => void;
  onDrop: () => void;
}

function PairLine({ row, problem, onChange, onDrop }: PairLineProps) {
  const known = row.known !== null;
  const changed = row.gone || !known || row.value !== row.known;
  const untouched = !known && row.key === "" && row.value === "";
  return (
    <li
      className={cx(
        "grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] items-start gap-2 border-l-2 py-1 pl-2 max-md:grid-cols-[minmax(0,1fr)_auto]",
        changed ? "border-accent" : "border-transparent",
      )}
    >
      <TextField
        label="key"
        hideLabel
        mono
        readOnly={known}
        value={row.key}
        placeholder="prefix/name"
        problem={untouched ? undefined : problem?.key}
        onChange={(key) => onChange({ key })}
        className={cx(row.gone && known && "line-through", "max-md:col-span-1")}
      />
      {row.gone ? (
        <p className="flex h-(--control) items-center text-sm text-danger max-md:order-last">is removed</p>
      ) : (
        <TextField
          label={`value of ${row.key || "the new key"}`}
          hideLabel
          mono
          value={row.value}
          placeholder="value"
          problem={problem?.value}
          onChange={(value) => onChange({ value })}
          className="max-md:order-last max-md:col-span-2"
        />
      )}
      {known && (row.gone || row.value !== row.known) ? (
        <Button
          look="quiet"
          icon={<RotateCcw size={14} />}
          aria-label={`take back the change of ${row.key}`}
          title="take back"
          onClick={() => onChange({ gone: false, value: row.known ?? "" })}
        />
      ) : (
        <Button
          look="quiet"
          icon={<Trash2 size={14} />}
          aria-label={`remove ${row.key || "this line"}`}
          title="remove"
          onClick={() => (known ? onChange({ gone: true }) : onDrop())}
        />
      )}
    </li>
  );
}

/** Keys and values; what is not changed here is not touched. */
export function PairsEditor({ type, rows, one, onChange }: PairsEditorProps) {
  if (rows === null) return <SkeletonLines count={3} />;
  const problems = pairProblems(rows, type);
  const what = type === "label" ? "label" : "annotation";
  return (
    <div>
      {rows.length > 0 ? (
        <ul
          aria-label={`${what}s`}
          className="max-h-72 overflow-auto max-md:max-h-none rounded border border-line px-1 py-0.5"
        >
          {rows.map((row) => (
            <PairLine
              key={row.id}
              row={row}
              problem={problems.get(row.id)}
              onChange={(change) => onChange(changeRow(rows, row.id, change))}
              onDrop={() => onChange(dropRow(rows, row.id))}
            />
          ))}
        </ul>
      ) : (
        <p className="text-sm text-text-3">
          {one ? `No ${what}s.` : `Say which ${what}s all of them shall have, or lose.`}
        </p>
      )}
      <div className="mt-2 flex gap-2">
        <Button icon={<Plus size={14} />} onClick={() => onChange(addRow(rows, false))}>
          Add {type === "label" ? "a label" : "an annotation"}
        </Button>
        {!one && (
          <Button icon={<Trash2 size={14} />} onClick={() => onChange(addRow(rows, true))}>
            Remove a key
          </Button>
        )}
      </div>
    </div>
  );
}
