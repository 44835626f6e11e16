import { Braces, Clock, Download, History, MoreHorizontal, Pause, Play, Regex, TextWrap } from "lucide-react";
import type { RefObject } from "react";
import { apiPath } from "@/api/http";
import { useKubectlTarget } from "@/components/use-kubectl";
import { copyText } from "@/lib/clipboard";
import { Button } from "@/ui/button";
import { Menu, type MenuItem } from "@/ui/menu";
import { Toggle } from "@/ui/toggle";
import { linesAsText } from "./copying";
import { logsKubectl } from "./kubectl-logs";
import type { Asked, LogSnapshot, LogStore } from "./log-store";
import type { LogWish } from "./log-stores";
import type { Look } from "./look";
import { SourcePicker } from "./source-picker";

const SPANS: [label: string, seconds: number | null][] = [
  ["last lines", null],
  ["5 m", 300],
  ["15 m", 900],
  ["1 h", 3_600],
  ["6 h", 21_600],
  ["24 h", 86_400],
  ["everything", 10 * 365 * 86_400],
];

const spanWord = (seconds: number | null) =>
  SPANS.find(([, value]) => value === seconds)?.[0] ?? `${seconds} s`;

export interface ToolbarProps {
  wish: LogWish;
  store: LogStore;
  snapshot: LogSnapshot;
  /** Opens the logs anew. */
  ask: (change: Partial<Asked>) => void;
  look: Look;
  onLook: (change: Partial<Look>) => void;
  following: boolean;
  onFollow: (following: boolean) => void;
  filter: RefObject<HTMLInputElement | null>;
  /** The dock is a sheet: what floats opens downwards. */
  sheet: boolean;
}

function download(wish: LogWish, snapshot: LogSnapshot, format: "text" | "jsonl") {
  const { cluster, kind, namespace, name } = wish.object;
  const { containers, previous, sinceSeconds } = snapshot.asked;
  const link = document.createElement("a");
  link.href = apiPath(["clusters", cluster, "logs", kind, namespace ?? "_", name], {
    container: containers,
    format,
    ...(previous ? { previous: "true" } : {}),
    ...(sinceSeconds === null ? {} : { sinceSeconds }),
  });
  link.download = "";
  link.click();
}

/** What is done with all lines together. */
function useMenuItems({ wish, store, snapshot, look }: ToolbarProps): MenuItem[] {
  const target = useKubectlTarget()(wish.object.cluster);
  const line = logsKubectl(target, wish.object, snapshot.asked);
  const nothing = snapshot.shown.length === 0 ? "no line is shown" : null;
  return [
    {
      id: "copy",
      label: "Copy the lines shown",
      note: snapshot.shown.length.toLocaleString("en"),
      disabledReason: nothing,
      onSelect: () => void copyText(linesAsText(snapshot, look.times)),
    },
    {
      id: "kubectl",
      label: "Copy as kubectl",
      disabledReason: line === null ? "kubectl has no logs of a cron job; open one of its jobs" : null,
      onSelect: () => void copyText(line ?? ""),
    },
    { id: "text", label: "Download as text", onSelect: () => download(wish, snapshot, "text") },
    { id: "jsonl", label: "Download as JSON lines", onSelect: () => download(wish, snapshot, "jsonl") },
    { id: "clear", label: "Clear", disabledReason: nothing, onSelect: () => store.clear() },
  ];
}

function FilterField({ store, snapshot, filter }: Pick<ToolbarProps, "store" | "snapshot" | "filter">) {
  const { wish } = snapshot;
  return (
    <div
      className={`flex h-(--control) min-w-40 flex-1 items-center rounded border bg-bg focus-within:outline-2 focus-within:outline-accent ${snapshot.filter.problem ? "border-warning" : "border-line-strong"}`}
    >
      <input
        ref={filter}
        value={wish.text}
        aria-label="filter the lines"
        aria-invalid={Boolean(snapshot.filter.problem) || undefined}
        placeholder={wish.regex ? "Regular expression" : "Filter"}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => store.setFilter({ text: event.target.value })}
        className="mono h-full min-w-0 flex-1 bg-transparent px-2 outline-none placeholder:text-text-3"
      />
      {wish.text && (
        <span className="label px-1 whitespace-nowrap">
          {snapshot.shown.length.toLocaleString("en")} of {snapshot.total.toLocaleString("en")}
        </span>
      )}
      <Toggle
        pressed={wish.regex}
        onChange={(regex) => store.setFilter({ regex })}
        icon={<Regex size={14} />}
        label="regular expression"
      />
      <Toggle
        pressed={wish.invert}
        onChange={(invert) => store.setFilter({ invert })}
        label="all but these"
      >
        not
      </Toggle>
    </div>
  );
}

export function LogToolbar(props: ToolbarProps) {
  const { store, snapshot, ask, look, onLook, following, onFollow, sheet } = props;
  const { asked } = snapshot;
  const items = useMenuItems(props);
  return (
    <div
      role="toolbar"
      aria-label="logs"
      className="flex shrink-0 flex-wrap items-center gap-1 border-b border-line px-2 py-1"
    >
      <SourcePicker
        snapshot={snapshot}
        up={!sheet}
        onHide={(hidden) => store.hide(hidden)}
        onContainers={(containers) => ask({ containers })}
      />
      <Menu
        button={spanWord(asked.sinceSeconds)}
        icon={<Clock size={14} />}
        look="quiet"
        up={!sheet}
        items={SPANS.map(([label, sinceSeconds]) => ({
          id: label,
          label,
          ...(sinceSeconds === null ? { note: "500 of each" } : {}),
          onSelect: () => ask({ sinceSeconds }),
        }))}
      />
      <Toggle
        pressed={asked.previous}
        onChange={(previous) => ask({ previous })}
        icon={<History size={14} />}
        label="the run before this one"
        shortcut="p"
      >
        previous
      </Toggle>
      <FilterField {...props} />
      <Toggle
        pressed={look.fields}
        onChange={(fields) => onLook({ fields })}
        icon={<Braces size={14} />}
        label="JSON lines with their message first"
        shortcut="o"
      />
      <Toggle
        pressed={look.wrap}
        onChange={(wrap) => onLook({ wrap })}
        icon={<TextWrap size={14} />}
        label="wrap lines"
        shortcut="w"
      />
      <Toggle
        pressed={look.times}
        onChange={(times) => onLook({ times })}
        icon={<Clock size={14} />}
        label="times"
        shortcut="t"
      />
      <Button
        look="quiet"
        icon={following ? <Pause size={14} /> : <Play size={14} />}
        aria-label={following ? "hold still" : "follow"}
        title={following ? "hold still (f)" : "follow (f)"}
        onClick={() => onFollow(!following)}
      />
      <Button
        look="quiet"
        icon={<Download size={14} />}
        aria-label="download as text"
        title="download as text"
        onClick={() => download(props.wish, snapshot, "text")}
      />
      <Menu
        button=""
        label="more"
        icon={<MoreHorizontal size={14} />}
        look="quiet"
        align="right"
        up={!sheet}
        items={items}
      />
    </div>
  );
}
