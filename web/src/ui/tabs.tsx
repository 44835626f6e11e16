import type { KeyboardEvent } from "react";
import { cx } from "@/lib/class-names";
import { formatCount } from "@/lib/quantity";
import { ToneMark, type ToneName } from "./tone-mark";

export interface Tab {
  id: string;
  title: string;
  tone?: ToneName;
  count?: number;
}

interface TabsProps {
  tabs: Tab[];
  active: string;
  onChange: (id: string) => void;
  label: string;
}

/** The panel is the caller's: give it `role="tabpanel"` and `id={`panel-${tab}`}`. */
export function Tabs({ tabs, active, onChange, label }: TabsProps) {
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.findIndex((tab) => tab.id === active);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    onChange(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div
      role="tablist"
      aria-label={label}
      onKeyDown={move}
      className="flex gap-1 overflow-x-auto border-b border-line px-2"
    >
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`tab-${tab.id}`}
          aria-selected={tab.id === active}
          aria-controls={`panel-${tab.id}`}
          tabIndex={tab.id === active ? 0 : -1}
          onClick={() => onChange(tab.id)}
          className={cx(
            "-mb-px flex h-9 items-center gap-1.5 border-b-2 px-2 whitespace-nowrap outline-offset-[-2px]",
            tab.id === active
              ? "border-accent text-text-1"
              : "border-transparent text-text-2 hover:text-text-1",
          )}
        >
          {tab.title}
          {tab.count !== undefined && <span className="mono text-text-3">{formatCount(tab.count)}</span>}
          {tab.tone && <ToneMark tone={tab.tone} />}
        </button>
      ))}
    </div>
  );
}
