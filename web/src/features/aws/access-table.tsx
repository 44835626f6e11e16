import { useRef } from "react";
import { DataTable, type DataColumn, type DataGroup } from "@/components/data-table";
import { Link } from "@/components/link";
import { LinkChip } from "@/components/link-chip";
import { formatCount } from "@/lib/quantity";
import { matches } from "./access-words";
import { FindField } from "./parts";
import type { AccessPlace } from "./use-access-state";

/** What narrows the rows; the one without an id is what is shown unasked. */
export interface RowChip<T> {
  id: string;
  title: string;
  holds: (row: T) => boolean;
  /** It is drawn in another place of the page. */
  elsewhere?: boolean;
}

interface AccessTableProps<T> {
  /** What the rows are, in the plural. */
  label: string;
  placeholder: string;
  rows: readonly T[];
  chips: readonly RowChip<T>[];
  /** What the words of the filter are looked for in. */
  textOf: (row: T) => readonly (string | null | undefined)[];
  /** The usual order. */
  order: (one: T, other: T) => number;
  columns: readonly DataColumn<T>[];
  keyOf: (row: T) => string;
  place: AccessPlace;
  groupsOf?: (rows: readonly T[]) => DataGroup<T>[];
  /** What an empty answer means. */
  none: string;
}

const inOne = <T,>(rows: readonly T[]): DataGroup<T>[] => [{ id: "all", rows }];

/** One tab of the page: a filter, chips with their counts, and the table; all of it stands in the address. */
export function AccessTable<T>(props: AccessTableProps<T>) {
  const { label, rows, chips, textOf, order, columns, keyOf, groupsOf = inOne, none } = props;
  const { state, change, hrefOf } = props.place;
  const filter = useRef<HTMLInputElement>(null);
  const chip = chips.find(({ id }) => id === state.only) ?? chips.find(({ id }) => id === "");
  const found = rows
    .filter((row) => (chip?.holds(row) ?? true) && matches(state.find, textOf(row)))
    .sort(order);
  return (
    <>
      <div role="toolbar" aria-label={label} className="flex flex-wrap items-center gap-2 pb-2">
        <FindField
          value={state.find}
          onChange={(find) => change({ find }, { replace: true })}
          input={filter}
          placeholder={props.placeholder}
        />
        {chips
          .map((each) => ({ ...each, count: rows.filter(each.holds).length, active: each.id === state.only }))
          .filter(({ id, count, active, elsewhere }) => !elsewhere && (id === "" || count > 0 || active))
          .map(({ id, title, count, active }) => (
            <LinkChip key={id} href={hrefOf({ only: active ? "" : id })} active={active} count={count}>
              {title}
            </LinkChip>
          ))}
      </div>
      {rows.length > 0 && (
        <DataTable
          label={label}
          columns={columns}
          groups={groupsOf(found)}
          keyOf={keyOf}
          open={state.open}
          onOpen={(row) => change({ open: keyOf(row) }, { replace: state.open !== "" })}
          onClose={() => change({ open: "" })}
          filter={filter}
          sort={state.sort}
          onSort={(sort) => change({ sort }, { replace: true })}
        />
      )}
      {found.length === 0 && (
        <div className="py-3 text-text-2">
          <p>{rows.length === 0 ? none : `None of the ${formatCount(rows.length)} ${label} is like that.`}</p>
          {rows.length > 0 && (
            <p className="mt-1">
              <Link href={hrefOf({ find: "", only: "" })} className="link">
                Show them without a filter
              </Link>
            </p>
          )}
        </div>
      )}
    </>
  );
}
