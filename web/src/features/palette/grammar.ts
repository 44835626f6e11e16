// What a person types into the palette, in the grammar of k9s:
//   :pods payments        kind and namespace          :po /api          kind and filter
//   :deploy app=web       kind and label              :pods @staging    kind in another cluster
//   anything else         searched in names
import type { Kind } from "@/api/contract";
import { pluralKind } from "@/lib/kind-title";

export interface Command {
  word: string;
  namespaces: string[];
  filter: string;
  cluster: string | null;
  /** The word is finished: what follows belongs to it. */
  complete: boolean;
}

/** The command in a text that starts with a colon, or null for a plain search. */
export function parseCommand(text: string): Command | null {
  if (!text.startsWith(":")) return null;
  const body = text.slice(1).trimStart();
  const [word = "", ...rest] = body.split(/\s+/);
  const command: Command = {
    word: word.toLowerCase(),
    namespaces: [],
    filter: "",
    cluster: null,
    complete: /\s/.test(body),
  };
  const filters: string[] = [];
  for (const argument of rest.filter(Boolean)) {
    if (argument.startsWith("@")) command.cluster = argument.slice(1);
    else if (argument.startsWith("/")) filters.push(argument.slice(1));
    else if (/^[^=:]+=/.test(argument)) filters.push(`label:${argument}`);
    else if (argument.includes(":")) filters.push(argument);
    else if (argument === "all" || argument === "-A") command.namespaces = [];
    else command.namespaces.push(argument);
  }
  command.filter = filters.join(" ");
  return command;
}

/** How well a kind answers to a word: 0 exactly, 1 at its beginning, 2 within, null not at all. */
export function rankKind(kind: Kind, word: string): number | null {
  const names = [kind.resource, kind.singular, kind.id, kind.kind.toLowerCase(), ...kind.shortNames];
  if (names.includes(word)) return 0;
  if (names.some((name) => name.startsWith(word))) return 1;
  return pluralKind(kind.kind, kind.resource).toLowerCase().includes(word) || kind.group.includes(word)
    ? 2
    : null;
}

/** Kinds that answer to the word, best first; the built-in ones before custom ones of equal rank. */
export function findKinds(kinds: readonly Kind[], word: string): Kind[] {
  return kinds
    .map((kind) => ({ kind, rank: rankKind(kind, word) }))
    .filter((found): found is { kind: Kind; rank: number } => found.rank !== null)
    .sort((one, other) => one.rank - other.rank || Number(one.kind.custom) - Number(other.kind.custom))
    .map(({ kind }) => kind);
}
