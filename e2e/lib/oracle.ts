import { place } from "./api";
import type { Kube, KubeList, Person } from "./kube";
import type { Listed } from "./rbac-fuzz";

export const listPath = ({ group, version, resource }: Listed, namespace?: string) =>
  `${group === "" ? `/api/${version}` : `/apis/${group}/${version}`}${namespace ? `/namespaces/${namespace}` : ""}/${resource}`;

/** What the API server itself lists for a person: the whole cluster, else the namespaces that it lets the person list. */
export async function truth(
  kube: Kube,
  person: Person,
  kind: Listed,
  namespaces: string[],
): Promise<string[]> {
  const as = kube.as(person);
  const whole = await names(as, listPath(kind));
  if (whole !== null) return whole;
  if (!kind.namespaced) return [];
  const parts = await Promise.all(namespaces.map((namespace) => names(as, listPath(kind, namespace))));
  return parts.flatMap((part) => part ?? []).sort();
}

/** Null when refused; anything else that is no list is an error. */
async function names(kube: Kube, path: string): Promise<string[] | null> {
  const { status, body } = await kube.send("GET", path);
  if (status === 403) return null;
  if (status !== 200) throw new Error(`GET ${path} was answered ${status}: ${JSON.stringify(body)}`);
  return (body as KubeList).items.map(({ metadata }) => place(metadata)).sort();
}

/** Runs at most `limit` at once. */
export async function pooled<T>(items: T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
