import { useQueries } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { namespacesQuery } from "@/api/queries";
import { useVirtualRows } from "@/components/use-virtual-rows";
import { formatCount, plural } from "@/lib/quantity";
import { Button } from "@/ui/button";
import { Popover } from "@/ui/menu";
import { ToneMark } from "@/ui/tone-mark";
import { mergeNamespaces, rankNamespaces, type NamespaceChoice } from "./namespaces";

const ITEM = 28;

interface PickerProps {
  clusters: string[];
  chosen: string[];
  onChange: (namespaces: string[]) => void;
}

function Item({
  item,
  checked,
  onToggle,
  onOnly,
}: {
  item: NamespaceChoice;
  checked: boolean;
  onToggle: () => void;
  onOnly: () => void;
}) {
  return (
    <div className="group flex h-7 items-center gap-2 px-3 hover:bg-raised-2">
      <label className="flex min-w-0 flex-1 items-center gap-2">
        <input type="checkbox" checked={checked} onChange={onToggle} className="size-3.5 accent-(--accent)" />
        <span className="truncate">{item.name}</span>
      </label>
      <button
        type="button"
        onClick={onOnly}
        className="link text-sm opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
      >
        only
      </button>
      {item.failing > 0 && (
        <span
          className="mono flex items-center gap-1 text-danger"
          title={plural(item.failing, "failing pod")}
        >
          <ToneMark tone="danger" /> {item.failing}
        </span>
      )}
      <span className="mono w-12 text-right text-text-3">
        {item.pods === null ? "" : formatCount(item.pods)}
      </span>
    </div>
  );
}

function PickerList({ clusters, chosen, onChange }: PickerProps) {
  const [text, setText] = useState("");
  const scroller = useRef<HTMLDivElement>(null);
  const answers = useQueries({
    queries: clusters.map((cluster) => ({ ...namespacesQuery(cluster), refetchOnMount: "always" as const })),
    combine: (results) => ({
      data: results.map((result) => result.data?.data),
      pending: results.some((result) => result.isPending),
    }),
  });
  const items = useMemo(
    () => rankNamespaces(mergeNamespaces(answers.data), text, chosen),
    [answers.data, text, chosen],
  );
  const view = useVirtualRows(scroller, items.length, ITEM);
  const toggle = (name: string) =>
    onChange(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return (
    <div className="flex w-80 max-w-[calc(100vw-24px)] flex-col">
      <div className="flex gap-2 border-b border-line p-2">
        <input
          autoFocus
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            const [best] = items;
            if (event.key === "Enter" && best) toggle(best.name);
          }}
          placeholder="Find a namespace"
          aria-label="find a namespace"
          className="h-(--control) min-w-0 flex-1 rounded border border-line-strong bg-bg px-2"
        />
        <Button
          onClick={() => onChange([])}
          disabledReason={chosen.length === 0 ? "every namespace is shown already" : null}
        >
          All
        </Button>
      </div>
      <div ref={scroller} className="h-72 overflow-auto" tabIndex={-1}>
        <div className="relative" style={{ height: items.length * ITEM }}>
          <div className="absolute inset-x-0" style={{ transform: `translateY(${view.first * ITEM}px)` }}>
            {items.slice(view.first, view.first + view.count).map((item) => (
              <Item
                key={item.name}
                item={item}
                checked={chosen.includes(item.name)}
                onToggle={() => toggle(item.name)}
                onOnly={() => onChange([item.name])}
              />
            ))}
          </div>
        </div>
        {items.length === 0 && (
          <p className="px-3 py-2 text-text-2">{answers.pending ? "loading …" : "no namespace matches"}</p>
        )}
      </div>
      <p className="label border-t border-line px-3 py-1">{`${plural(items.length, "namespace")} · pods on the right`}</p>
    </div>
  );
}

export function NamespacePicker(props: PickerProps) {
  const { chosen } = props;
  const [first] = chosen;
  const words = !first ? "all" : chosen.length === 1 ? first : `${chosen.length} chosen`;
  return (
    <Popover
      button={
        <span className="max-w-48 truncate">
          namespace <strong className="font-semibold">{words}</strong>
          <span aria-hidden> ▾</span>
        </span>
      }
    >
      {() => <PickerList {...props} />}
    </Popover>
  );
}
