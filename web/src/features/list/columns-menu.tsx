import { ArrowDown, ArrowUp } from "lucide-react";
import { Button } from "@/ui/button";
import { Popover } from "@/ui/menu";
import type { ShownColumn } from "./columns";

interface ColumnsMenuProps {
  all: ShownColumn[];
  shown: ShownColumn[];
  onChange: (ids: string[]) => void;
  onReset: () => void;
}

/** Puts the column one place further to the left or right. */
export function moveColumn(ids: readonly string[], id: string, step: -1 | 1): string[] {
  const at = ids.indexOf(id);
  const other = ids[at + step];
  if (at < 0 || other === undefined) return [...ids];
  const next = [...ids];
  next[at] = other;
  next[at + step] = id;
  return next;
}

export function ColumnsMenu({ all, shown, onChange, onReset }: ColumnsMenuProps) {
  const ids = shown.map((column) => column.id);
  const ordered = [...shown, ...all.filter((column) => !ids.includes(column.id))];
  const toggle = (id: string) =>
    onChange(ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id]);
  return (
    <Popover label="columns" button="columns" align="right">
      {() => (
        <div className="w-64 py-1">
          {ordered.map((column) => (
            <div key={column.id} className="group flex h-7 items-center gap-2 px-3 hover:bg-raised-2">
              <label
                className="flex min-w-0 flex-1 items-center gap-2"
                title={
                  column.id === "name" ? "a row always says its name" : (column.description ?? undefined)
                }
              >
                <input
                  type="checkbox"
                  checked={ids.includes(column.id)}
                  disabled={column.id === "name"}
                  onChange={() => toggle(column.id)}
                  className="size-3.5 accent-(--accent)"
                />
                <span className="truncate">{column.title}</span>
              </label>
              {ids.includes(column.id) && (
                <span className="flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
                  <Button
                    look="quiet"
                    icon={<ArrowUp size={14} />}
                    aria-label={`${column.title} further left`}
                    onClick={() => onChange(moveColumn(ids, column.id, -1))}
                  />
                  <Button
                    look="quiet"
                    icon={<ArrowDown size={14} />}
                    aria-label={`${column.title} further right`}
                    onClick={() => onChange(moveColumn(ids, column.id, 1))}
                  />
                </span>
              )}
            </div>
          ))}
          <div className="mt-1 border-t border-line px-2 pt-1">
            <Button look="quiet" onClick={onReset}>
              Usual columns and widths
            </Button>
          </div>
        </div>
      )}
    </Popover>
  );
}
