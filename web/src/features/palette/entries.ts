import type { Cluster, Kind, NamespaceItem, SearchAnswer } from "@/api/contract";
import { pluralKind } from "@/lib/kind-title";
import { fleetHref, listHref, openHref, overviewHref, type Place } from "@/lib/place";
import { recordHref } from "@/lib/record-place";
import type { ToneName } from "@/ui/tone-mark";
import { findKinds, parseCommand, rankKind } from "./grammar";

export interface Entry {
  key: string;
  section: string;
  title: string;
  note: string;
  href: string;
  /** Instead of going somewhere. */
  act?: () => void;
  /** Why it cannot be picked. */
  disabledReason?: string | null;
  mono?: boolean;
  tone?: ToneName;
}

export interface PaletteWorld {
  clusters: readonly Cluster[];
  kinds: readonly Kind[];
  namespaces: readonly NamespaceItem[];
  /** Where the person is: commands stay in that cluster unless told otherwise. */
  place: Place;
}

const MOST = 8;
/** What k9s and kubectl call a cluster. */
const CONTEXTS = new Set(["ctx", "context", "contexts", "cluster", "clusters"]);

function here(place: Place): string | null {
  return "cluster" in place ? place.cluster : null;
}

function kindEntry(kind: Kind, cluster: string | null, namespaces: string[], filter: string): Entry {
  const where = [cluster ?? "every cluster", ...namespaces, filter].filter(Boolean).join(" · ");
  return {
    key: `kind ${kind.id}`,
    section: "Kinds",
    title: pluralKind(kind.kind, kind.resource),
    note: `${[...kind.shortNames, kind.group].filter(Boolean).join(", ")}${kind.shortNames.length || kind.group ? " · " : ""}${where}`,
    href: listHref(cluster, kind.id, { namespaces: kind.namespaced ? namespaces : [], filter }),
  };
}

const RECORD = ["audit", "record"];

/** `:audit user:bob outcome:denied`: what follows is the record's own filter. */
function recordEntries(text: string): Entry[] {
  const [, word = "", filter = ""] = /^:?([a-z]*)\s*(.*)$/s.exec(text.trim()) ?? [];
  const meant = filter ? RECORD.includes(word) : RECORD.some((name) => word !== "" && name.startsWith(word));
  if (!meant) return [];
  return [
    {
      key: "record",
      section: "Record",
      title: "Audit",
      note: filter || "who did what, when, and how it ended",
      href: recordHref(filter ? { filter } : {}),
    },
  ];
}

function commandEntries(text: string, world: PaletteWorld): Entry[] {
  const command = parseCommand(text);
  if (!command) return [];
  if (CONTEXTS.has(command.word)) return clusterEntries(command.namespaces[0]?.toLowerCase() ?? "", world);
  const wanted = command.cluster;
  const cluster =
    wanted === null
      ? here(world.place)
      : (world.clusters.find((each) => each.id.startsWith(wanted))?.id ?? here(world.place));
  const kinds = findKinds(world.kinds, command.word);
  const picked = command.complete ? kinds.slice(0, 3) : kinds.slice(0, 12);
  const [best, last] = [kinds[0], command.namespaces.at(-1)];
  if (best && last && !world.namespaces.some(({ name }) => name === last)) {
    // Half a namespace: offer what it may become, in the kind that was meant.
    const before = command.namespaces.slice(0, -1);
    const completed = world.namespaces.filter(({ name }) => name.startsWith(last)).slice(0, 6);
    const offers = completed.map(({ name }) => ({
      ...kindEntry(best, cluster, [...before, name], command.filter),
      key: `kind ${best.id} ${name}`,
    }));
    if (offers.length > 0) return offers;
  }
  return picked.map((kind) => kindEntry(kind, cluster, command.namespaces, command.filter));
}

function clusterEntries(word: string, world: PaletteWorld): Entry[] {
  const entry = (id: string, title: string, note: string, href: string) => ({
    key: `cluster ${id}`,
    section: "Clusters",
    title,
    note,
    href,
  });
  const fleet = "fleet".includes(word) ? [entry("", "Fleet", "every cluster", fleetHref())] : [];
  const found = world.clusters.filter(
    ({ id, name }) => id.includes(word) || name.toLowerCase().includes(word),
  );
  return [
    ...fleet,
    ...found.map((each) =>
      entry(each.id, each.name, `${each.environment} · ${each.state.phase}`, overviewHref(each.id)),
    ),
  ].slice(0, MOST);
}

function namespaceEntries(word: string, world: PaletteWorld): Entry[] {
  const cluster = here(world.place);
  const kind = "kind" in world.place ? world.place.kind : "pods";
  return world.namespaces
    .filter(({ name }) => name.includes(word))
    .slice(0, 5)
    .map(({ name, pods }) => ({
      key: `namespace ${name}`,
      section: "Namespaces",
      title: name,
      note: [cluster, typeof pods === "number" ? `${pods} pods` : ""].filter(Boolean).join(" · "),
      href: listHref(cluster, kind, { namespaces: [name] }),
    }));
}

function objectEntries(search: SearchAnswer | undefined): Entry[] {
  return (search?.hits ?? []).map(({ object, tone, status }) => ({
    key: `object ${object.cluster} ${object.kind} ${object.namespace ?? ""} ${object.name}`,
    section: "Objects",
    title: object.name,
    note: [object.kind.split(".")[0], object.namespace, object.cluster, status].filter(Boolean).join(" · "),
    href: openHref(object),
    mono: true,
    tone,
  }));
}

/** What the palette offers for a text, best first within its sections. */
export function paletteEntries(text: string, world: PaletteWorld, search: SearchAnswer | undefined): Entry[] {
  if (text.startsWith(":"))
    return [
      ...recordEntries(text),
      ...commandEntries(text, world),
      ...clusterEntries(text.slice(1).trim().toLowerCase(), world),
    ].slice(0, 16);
  const word = text.trim().toLowerCase();
  if (!word)
    return [
      ...clusterEntries("", world),
      ...world.kinds.slice(0, MOST).map((kind) => kindEntry(kind, here(world.place), [], "")),
    ];
  const kinds = findKinds(world.kinds, word).slice(0, 5);
  const [first = "", ...rest] = word.split(/\s+/);
  // `deploy payments` means what `:deploy payments` does.
  const meant = rest.length > 0 && world.kinds.some((kind) => rankKind(kind, first) === 0);
  return [
    ...(meant ? commandEntries(`:${text.trim()}`, world) : []),
    ...recordEntries(word),
    ...kinds.map((kind) => kindEntry(kind, here(world.place), [], "")),
    ...clusterEntries(word, world),
    ...namespaceEntries(word, world),
    ...objectEntries(search),
  ];
}
