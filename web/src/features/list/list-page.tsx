export function ListPage({ cluster, kind }: { cluster: string | null; kind: string }) {
  return <p>{`${kind} of ${cluster ?? "every cluster"}`}</p>;
}
