import type { ActionList } from "@/api/aws-contract";
import type { Cluster } from "@/api/contract";
import { mayBeEks } from "@/components/use-eks";
import { accessHref, ACCESS_TABS, fleetFindingsHref, whoCanHref, type WhoCanState } from "@/lib/aws-place";
import type { Place } from "@/lib/place";
import type { Entry } from "./entries";

const SECTION = "AWS";
const WHO_CAN = /^:?who[- ]?can(\s+(.*))?$/is;

/** What `:who-can s3:GetObject arn:aws:s3:::x/* payments @prod-eu` asks; null for anything else. */
export function whoCanWanted(text: string): Omit<WhoCanState, "open"> | null {
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
  asked: Omit<WhoCanState, "open">,
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
  principals: "cluster access principals",
  "service-accounts": "service accounts roles irsa pod identity",
  roles: "iam roles",
  findings: "aws findings",
};

const TITLES: Record<(typeof ACCESS_TABS)[number], string> = {
  principals: "Cluster access",
  "service-accounts": "Service accounts and their roles",
  roles: "Roles",
  findings: "AWS findings",
};

/** The pages of a cluster on EKS, by what one may call them: `:access`, `:aws`, `iam roles`. */
function accessEntries(word: string, clusters: readonly Cluster[], place: Place): Entry[] {
  const here = "cluster" in place ? place.cluster : null;
  const eks = clusters.filter((each) => mayBeEks(each) && (here === null || each.id === here));
  return ACCESS_TABS.flatMap((tab) => {
    const named = `aws ${NAMES[tab]}`;
    if (!word.split(/\s+/).every((part) => named.includes(part))) return [];
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

/** What the palette offers about AWS for a text. */
export function awsEntries(
  text: string,
  clusters: readonly Cluster[],
  place: Place,
  actions: ActionList | undefined,
): Entry[] {
  const asked = whoCanWanted(text);
  if (asked) return whoCanEntries(asked, clusters, actions);
  const word = text.trim().replace(/^:/, "").toLowerCase();
  if (word.length < 2) return [];
  const whoCan = ["who can", "who-can", "whocan"].some((name) => name.startsWith(word));
  return [
    ...(whoCan
      ? whoCanEntries({ action: "", resource: "", namespace: "", clusters: [] }, clusters, undefined)
      : []),
    ...accessEntries(word, clusters, place).slice(0, MOST),
  ];
}
