import type { ActionList } from "@/api/aws-contract";
import type { WhoCanQuestion } from "@/api/aws-queries";
import type { Cluster } from "@/api/contract";
import { mayBeEks } from "@/components/use-eks";
import { accessHref, ACCESS_TABS, fleetFindingsHref, whoCanHref } from "@/lib/aws-place";
import type { Place } from "@/lib/place";
import type { Entry } from "./entries";

const SECTION = "AWS";
const WHO_CAN = /^:?who[- ]?can(\s+(.*))?$/is;

/** What `:who-can s3:GetObject arn:aws:s3:::x/* payments @prod-eu` asks; null for anything else. */
export function whoCanWanted(text: string): WhoCanQuestion | null {
  const match = WHO_CAN.exec(text.trim());
  if (!match) return null;
  const [first = "", ...words] = (match[2] ?? "").split(/\s+/).filter(Boolean);
  // The cluster may stand first, too.
  const all = first.startsWith("@") ? [first, ...words] : words;
  const action = first.startsWith("@") ? (words.find((word) => !word.startsWith("@")) ?? "") : first;
  const rest = all.filter((word) => word !== action);
  return {
    action,
    resource: rest.find((word) => word.startsWith("arn:") || word === "*") ?? "",
    namespace: rest.find((word) => !/^(arn:|@|\*$)/.test(word)) ?? "",
    clusters: rest.filter((word) => word.startsWith("@")).map((word) => word.slice(1)),
  };
}

/** The action that is still being typed, which the reference data may complete. */
export const actionWanted = (text: string): string => whoCanWanted(text)?.action ?? "";

function whoCanEntries(
  asked: WhoCanQuestion,
  clusters: readonly Cluster[],
  actions: ActionList | undefined,
): Entry[] {
  const chosen = asked.clusters.map((id) => clusters.find((each) => each.id.startsWith(id))?.id ?? id);
  const where = [asked.resource, asked.namespace, ...chosen].filter(Boolean).join(" · ") || "every cluster";
  const entry = (action: string, note: string): Entry => ({
    key: `who-can ${action}`,
    section: SECTION,
    title: action ? `Who can ${action}` : "Who can …",
    note,
    href: whoCanHref({ ...asked, clusters: chosen, action }),
  });
  const completed = (actions?.actions ?? [])
    .filter(({ action }) => asked.action !== "" && action.toLowerCase() !== asked.action.toLowerCase())
    .slice(0, 8)
    .map(({ action, accessLevel }) => entry(action, accessLevel));
  return [
    entry(asked.action, asked.action ? where : "which workloads may do something in AWS"),
    ...completed,
  ];
}

const NAMES: Record<(typeof ACCESS_TABS)[number], string> = {
  principals: "cluster access iam principals",
  "service-accounts": "access iam service accounts roles irsa pod identity",
  roles: "access iam roles",
  findings: "access iam findings",
};

const TITLES: Record<(typeof ACCESS_TABS)[number], string> = {
  principals: "Cluster access",
  "service-accounts": "Service accounts and their roles",
  roles: "Roles",
  findings: "AWS findings",
};

/** The pages of a cluster on EKS, by what one may call them: `:access`, `:aws`, `iam roles`. */
function accessEntries(words: string, clusters: readonly Cluster[], place: Place): Entry[] {
  const here = "cluster" in place ? place.cluster : null;
  const eks = clusters.filter((each) => mayBeEks(each) && (here === null || each.id === here));
  return ACCESS_TABS.flatMap((tab) => {
    const names = `aws ${NAMES[tab]}`.split(" ");
    if (!words.split(/\s+/).every((word) => names.some((name) => name.startsWith(word)))) return [];
    const entries: Entry[] = eks.map(({ id, name }) => ({
      key: `access ${tab} ${id}`,
      section: SECTION,
      title: TITLES[tab],
      note: name,
      href: accessHref(id, { tab }),
    }));
    const fleet: Entry = {
      key: "aws findings",
      section: SECTION,
      title: TITLES.findings,
      note: "every cluster",
      href: fleetFindingsHref(),
    };
    return tab === "findings" && here === null ? [fleet, ...entries] : entries;
  });
}

const MOST = 6;
/** The commands that mean these pages; what follows says which of them: `:access findings`. */
const COMMANDS = ["access", "aws", "iam"];

/** The words that a page must answer to; null for a command that means something else. */
function pageWords(text: string): string | null {
  if (!text.startsWith(":")) return text.trim().toLowerCase();
  const [command = "", ...rest] = text.slice(1).trim().toLowerCase().split(/\s+/);
  const meant = command.length >= 2 && COMMANDS.some((name) => name.startsWith(command));
  return meant ? (rest.length > 0 ? rest.join(" ") : command) : null;
}

/** What the palette offers about AWS for a text; `first`: it was asked for by its name, and stands above kinds. */
export function awsEntries(
  text: string,
  clusters: readonly Cluster[],
  place: Place,
  actions: ActionList | undefined,
): { entries: Entry[]; first: boolean } {
  const asked = whoCanWanted(text);
  if (asked) return { entries: whoCanEntries(asked, clusters, actions), first: true };
  const words = pageWords(text);
  if (words === null || words.length < 2) return { entries: [], first: false };
  const whoCan = ["who can", "who-can", "whocan"].some((name) => name.startsWith(words));
  const nothing = { action: "", resource: "", namespace: "", clusters: [] };
  return {
    entries: [
      ...(whoCan ? whoCanEntries(nothing, clusters, undefined) : []),
      ...accessEntries(words, clusters, place).slice(0, MOST),
    ],
    first: text.startsWith(":"),
  };
}
