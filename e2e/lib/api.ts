import type { Counts, Kind, KindList, ListWindow, Problem, Row } from "./contract";
import { show } from "./wait";

export type Query = Record<string, string | number | string[] | undefined>;

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

/** `/api/a/b?x=1&x=2`, every part escaped. */
export function path(parts: string[], query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : value === undefined ? [] : [String(value)])
      search.append(key, each);
  }
  const text = search.toString();
  return `/api/${parts.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

/** Row identity across Periscope and the API server: `namespace/name`. */
export const place = ({ namespace, name }: { namespace?: string | null; name: string }) =>
  namespace ? `${namespace}/${name}` : name;

/** Periscope's HTTP API, as one person. */
export class Api {
  constructor(
    readonly base: string,
    readonly cookie: string | null = null,
  ) {}

  /** The same server as a persona. */
  async signIn(persona: string): Promise<Api> {
    const reply = await new Api(this.base).send("POST", "/api/auth/demo", { persona });
    const cookie = reply.headers.getSetCookie()[0]?.split(";")[0];
    if (reply.status !== 204 || !cookie)
      throw new Error(`signing in as ${persona}: ${reply.status} ${reply.text}`);
    return new Api(this.base, cookie);
  }

  async send(
    method: string,
    where: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const all: Record<string, string> = { ...headers };
    if (this.cookie) all["cookie"] = this.cookie;
    if (body !== undefined) all["content-type"] ??= "application/json";
    const payload = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(this.base + where, {
      method,
      headers: all,
      redirect: "error",
      signal: AbortSignal.timeout(30_000),
      ...(payload === undefined ? {} : { body: payload }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  async json<T>(parts: string[], query: Query = {}): Promise<T> {
    const where = path(parts, query);
    const reply = await this.send("GET", where);
    if (reply.status !== 200)
      throw new Error(`GET ${where} was answered ${reply.status}: ${show(reply.text)}`);
    return JSON.parse(reply.text) as T;
  }

  /** The problem document that a request must be answered with. */
  async problem(parts: string[], query: Query = {}): Promise<Problem> {
    const where = path(parts, query);
    const reply = await this.send("GET", where);
    const kind = reply.headers.get("content-type");
    if (reply.status < 400 || kind !== "application/problem+json")
      throw new Error(`GET ${where} is no problem: ${reply.status} ${kind} ${show(reply.text)}`);
    const problem = JSON.parse(reply.text) as Problem;
    if (problem.status !== reply.status)
      throw new Error(`GET ${where}: ${reply.status} says ${problem.status}`);
    return problem;
  }

  list(kind: string, query: Query = {}): Promise<ListWindow> {
    return this.json(["lists", kind], query);
  }

  /** Every row, window by window along the cursors. */
  async rows(kind: string, query: Query = {}): Promise<Row[]> {
    const rows: Row[] = [];
    let cursor: string | undefined;
    do {
      const window = await this.list(kind, { limit: 500, ...query, cursor });
      rows.push(...window.rows);
      cursor = window.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return rows;
  }

  async places(kind: string, query: Query = {}): Promise<string[]> {
    return (await this.rows(kind, query)).map(place);
  }

  async kinds(cluster: string): Promise<Kind[]> {
    const { groups } = await this.json<KindList>(["clusters", cluster, "kinds"]);
    return groups.flatMap(({ kinds }) => kinds);
  }

  async counts(cluster: string, query: Query = {}): Promise<Counts> {
    return (await this.json<{ counts: Counts }>(["clusters", cluster, "counts"], query)).counts;
  }

  object<T>(where: ObjectPlace, ...more: string[]): Promise<T> {
    return this.json(objectParts(where, ...more));
  }
}

export interface ObjectPlace {
  cluster: string;
  kind: string;
  namespace?: string | null;
  name: string;
}

export const objectParts = ({ cluster, kind, namespace, name }: ObjectPlace, ...more: string[]) => [
  ...["clusters", cluster, "objects", kind, namespace ?? "_", name],
  ...more,
];
