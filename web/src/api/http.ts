import { fromFailure, fromResponse } from "./problem";

const DEADLINE_MS = 10_000;

interface Patience {
  signal?: AbortSignal | undefined;
  deadlineMs?: number;
}

async function request(
  method: string,
  path: string,
  body?: unknown,
  { signal, deadlineMs = DEADLINE_MS }: Patience = {},
): Promise<Response> {
  const deadline = AbortSignal.timeout(deadlineMs);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw fromFailure(cause, deadlineMs);
  }
  if (!response.ok) throw await fromResponse(response);
  return response;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await request("GET", path, undefined, { signal })).json()) as T;
}

export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await request("GET", path, undefined, { signal })).text();
}

/** Asks something that does not fit into an address, or does something that has an answer. */
export async function postJson<T>(path: string, body: unknown, patience: Patience = {}): Promise<T> {
  return (await (await request("POST", path, body, patience)).json()) as T;
}

/** Sends a change that answers with nothing. */
export async function send(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  body: unknown = {},
): Promise<void> {
  await request(method, path, body);
}

/** `/api/a/b?x=1&x=2`, every part escaped. */
export function apiPath(
  parts: string[],
  query: Record<string, string | string[] | number | undefined> = {},
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [String(value)]) search.append(key, each);
  }
  const text = search.toString();
  return `/api/${parts.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}
