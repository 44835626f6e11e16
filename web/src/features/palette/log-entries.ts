import type { SearchAnswer } from "@/api/contract";
import { dock } from "@/components/dock";
import { hasLogs, logKindWord } from "@/lib/log-kinds";
import { openHref } from "@/lib/place";
import type { Entry } from "./entries";

/** What `:logs api` looks for; null for anything else. */
export function logsWanted(text: string): string | null {
  return /^:logs?\s+(.*)$/.exec(text)?.[1]?.trim() ?? null;
}

/** What has logs among what was found; picking one opens them in the dock. */
export function logEntries(search: SearchAnswer | undefined): Entry[] {
  return (search?.hits ?? [])
    .filter(({ object }) => hasLogs(object.kind))
    .map(({ object, tone, status }) => ({
      key: `logs ${object.cluster} ${object.kind} ${object.namespace ?? ""} ${object.name}`,
      section: "Logs",
      title: object.name,
      note: [logKindWord(object.kind), object.namespace, object.cluster, status].filter(Boolean).join(" · "),
      href: openHref(object),
      act: () => dock.open({ kind: "logs", object }),
      mono: true,
      tone,
    }));
}
