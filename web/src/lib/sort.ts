// An order of rows as it stands in an address: `-age,name`.

export interface SortTerm {
  id: string;
  descending: boolean;
}

export function parseSort(sort: string): SortTerm[] {
  return sort
    .split(",")
    .filter(Boolean)
    .map((term) => ({ id: term.replace(/^[-+]/, ""), descending: term.startsWith("-") }));
}

/** A click on a heading: ascending, descending, none. With `add`, beside the other terms. */
export function nextSort(sort: string, id: string, add: boolean): string {
  const terms = parseSort(sort);
  const now = terms.find((term) => term.id === id);
  const wish = !now ? [{ id, descending: false }] : now.descending ? [] : [{ id, descending: true }];
  const others = add ? terms.filter((term) => term.id !== id) : [];
  return [...others, ...wish].map((term) => (term.descending ? "-" : "") + term.id).join(",");
}

/** What a row is sorted by; one that has nothing there stands last in either direction. */
export type SortKey = string | number | null;

function compareKeys(one: SortKey, other: SortKey, descending: boolean): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  const order =
    typeof one === "number" && typeof other === "number"
      ? one - other
      : String(one).localeCompare(String(other));
  return descending ? -order : order;
}

/** The rows in that order; those that are alike, and all of them by a column unknown here, stay as they stand. */
export function sortRows<T>(
  rows: readonly T[],
  sort: string,
  keyOf: (id: string) => ((row: T) => SortKey) | undefined,
): readonly T[] {
  const terms = parseSort(sort).flatMap(({ id, descending }) => {
    const key = keyOf(id);
    return key ? [{ key, descending }] : [];
  });
  if (terms.length === 0) return rows;
  return rows.toSorted((one, other) => {
    for (const { key, descending } of terms) {
      const order = compareKeys(key(one), key(other), descending);
      if (order !== 0) return order;
    }
    return 0;
  });
}
