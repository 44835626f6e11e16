import { useState, type RefObject } from "react";
import type { Facet, Problem } from "@/api/contract";
import { FilterInput } from "@/components/filter-input";
import { useKubectlTarget } from "@/components/use-kubectl";
import type { ChangeList } from "@/components/use-list-state";
import { copyText } from "@/lib/clipboard";
import { hasTerm, toggleTerm } from "@/lib/filter-tokens";
import { listHref, type ListState } from "@/lib/place";
import { formatCount } from "@/lib/quantity";
import { Chip } from "@/ui/chip";
import { Menu } from "@/ui/menu";
import { ColumnsMenu } from "./columns-menu";
import { NamespacePicker } from "./namespace-picker";
import { copyAsCsv, copyAsKubectl, copyAsNames, type Selection } from "./selection";
import type { Columns } from "./use-columns";

interface ListToolbarProps {
  cluster: string | null;
  kind: string;
  state: ListState;
  change: ChangeList;
  clusters: string[];
  everyCluster: string[];
  namespaced: boolean;
  facets: readonly Facet[];
  problem: Problem | null;
  columns: Columns;
  selection: Selection;
  filter: RefObject<HTMLInputElement | null>;
  onLeaveFilter: () => void;
}

function FacetChips({
  cluster,
  kind,
  state,
  change,
  facets,
}: Pick<ListToolbarProps, "cluster" | "kind" | "state" | "change" | "facets">) {
  return facets.map((facet) => {
    const filter = toggleTerm(state.filter, facet.filter);
    return (
      <Chip
        key={facet.filter}
        href={listHref(cluster, kind, { ...state, filter })}
        active={hasTerm(state.filter, facet.filter)}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          change({ filter });
        }}
      >
        {facet.label} <strong className="font-semibold">{formatCount(facet.count)}</strong>
      </Chip>
    );
  });
}

/** Which clusters a fleet-wide list covers; a click takes one out or back in. */
function ClusterChips({
  state,
  change,
  clusters,
  everyCluster,
  kind,
}: Pick<ListToolbarProps, "state" | "change" | "clusters" | "everyCluster" | "kind">) {
  return everyCluster.map((id) => {
    const on = clusters.includes(id);
    const next = on ? clusters.filter((each) => each !== id) : [...clusters, id];
    const wish = next.length === 0 || next.length === everyCluster.length ? [] : next;
    return (
      <Chip
        key={id}
        href={listHref(null, kind, { ...state, clusters: wish })}
        active={on && clusters.length < everyCluster.length}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          change({ clusters: clusters.length === everyCluster.length ? [id] : wish });
        }}
      >
        {id}
      </Chip>
    );
  });
}

function CopyMenu({ kind, columns, selection }: { kind: string; columns: Columns; selection: Selection }) {
  const target = useKubectlTarget();
  const [copied, setCopied] = useState(false);
  const copy = async (text: string) => {
    setCopied(await copyText(text));
    setTimeout(() => setCopied(false), 1_200);
  };
  const disabledReason =
    selection.size === 0 ? "nothing is selected: x or the box before a name selects a row" : null;
  return (
    <Menu
      button={<span aria-live="polite">{copied ? "copied" : "copy"}</span>}
      align="right"
      items={[
        {
          id: "kubectl",
          label: "As kubectl",
          disabledReason,
          onSelect: () => void copy(copyAsKubectl(selection, kind, target)),
        },
        { id: "names", label: "Names", disabledReason, onSelect: () => void copy(copyAsNames(selection)) },
        {
          id: "csv",
          label: "CSV, shown columns",
          disabledReason,
          onSelect: () => void copy(copyAsCsv(selection, columns.shown)),
        },
      ]}
    />
  );
}

export function ListToolbar(props: ListToolbarProps) {
  const { cluster, kind, state, change, clusters, namespaced, problem, columns, selection, facets } = props;
  return (
    <div
      role="toolbar"
      aria-label="list"
      className="flex min-h-(--bar) shrink-0 items-center gap-2 border-b border-line px-4 py-1.5 @max-[640px]:flex-wrap @max-[640px]:px-2"
    >
      <FilterInput
        value={state.filter}
        onChange={(filter) => change({ filter }, { replace: true })}
        problem={problem}
        input={props.filter}
        onLeave={props.onLeaveFilter}
        placeholder="Filter: text, status:failing, node:…, !not"
      />
      {namespaced && (
        <NamespacePicker
          clusters={clusters}
          chosen={state.namespaces}
          onChange={(namespaces) => change({ namespaces })}
        />
      )}
      <div className="flex min-h-[30px] min-w-0 shrink grow basis-auto @max-[640px]:basis-0 items-center gap-2 overflow-x-auto p-0.5 pr-6 [scrollbar-width:none] [mask-image:linear-gradient(to_right,black_calc(100%-24px),transparent)]">
        {cluster === null && <ClusterChips {...props} />}
        <FacetChips cluster={cluster} kind={kind} state={state} change={change} facets={facets} />
      </div>
      <div className="flex gap-2 @max-[640px]:hidden">
        <CopyMenu kind={kind} columns={columns} selection={selection} />
        <ColumnsMenu
          all={columns.all}
          shown={columns.shown}
          onChange={columns.choose}
          onReset={columns.reset}
        />
      </div>
    </div>
  );
}
