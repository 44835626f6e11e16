import { shellQuote } from "./text";

export interface KubectlIdentity {
  user: string;
  groups: string[];
}

export interface KubectlTarget {
  context: string;
  as?: KubectlIdentity | null;
}

/** A kubectl line that does what the console did: same cluster, same human. */
export function kubectl({ context, as }: KubectlTarget, words: string[]): string {
  const identity = as ? ["--as", as.user, ...as.groups.flatMap((group) => ["--as-group", group])] : [];
  return ["kubectl", "--context", context, ...identity, ...words].map(shellQuote).join(" ");
}

export function kubectlGet(
  target: KubectlTarget,
  kind: string,
  names: string[],
  namespace?: string | null,
): string {
  return kubectl(target, ["get", kind, ...names, ...(namespace ? ["--namespace", namespace] : [])]);
}

/** The server's line says what is done; here it gets to know where, and as whom. */
export function kubectlHere(target: KubectlTarget, line: string): string {
  // Either the line itself, or what an object is piped into.
  const at = line.startsWith("kubectl ") ? 0 : line.lastIndexOf(" | kubectl ") + 3;
  if (!line.startsWith("kubectl ", at)) return line;
  return `${line.slice(0, at)}${kubectl(target, [])}${line.slice(at + "kubectl".length)}`;
}
