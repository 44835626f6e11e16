import type { Row } from "@/api/contract";
import { kubectlGet, type KubectlTarget } from "@/lib/kubectl";
import { toCsv } from "@/lib/text";
import { cellText, headingText } from "./cell";
import type { ShownColumn } from "./columns";

export interface Target {
  cluster: string;
  namespace: string | null;
  name: string;
}

export const rowKey = (row: { cluster: string; namespace?: string | null; name: string }): string =>
  `${row.cluster}/${row.namespace || "_"}/${row.name}`;

/** Selected rows by key; the row is kept so that it can be copied when it has scrolled away. */
export type Selection = ReadonlyMap<string, Row>;

export const NOTHING: Selection = new Map();

export function toggleRow(selection: Selection, row: Row): Selection {
  const next = new Map(selection);
  if (!next.delete(rowKey(row))) next.set(rowKey(row), row);
  return next;
}

export function addRows(selection: Selection, rows: readonly Row[]): Selection {
  return new Map([...selection, ...rows.map((row) => [rowKey(row), row] as const)]);
}

/** One kubectl line for each cluster and namespace of the selection. */
export function copyAsKubectl(
  selection: Selection,
  kind: string,
  target: (cluster: string) => KubectlTarget,
): string {
  const groups = new Map<string, { cluster: string; namespace: string | null; names: string[] }>();
  for (const { cluster, namespace = null, name } of selection.values()) {
    const key = `${cluster}/${namespace ?? ""}`;
    const group = groups.get(key) ?? { cluster, namespace, names: [] };
    groups.set(key, group);
    group.names.push(name);
  }
  return [...groups.values()]
    .map(({ cluster, namespace, names }) => kubectlGet(target(cluster), kind, names, namespace))
    .join("\n");
}

export function copyAsNames(selection: Selection): string {
  return [...selection.values()].map((row) => row.name).join("\n");
}

export function copyAsCsv(selection: Selection, columns: ShownColumn[]): string {
  const body = [...selection.values()].map((row) => columns.map((column) => cellText(column, row)));
  return toCsv([columns.map(headingText), ...body]);
}
