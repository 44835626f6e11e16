// What the page of cluster access says, as pure functions of its answers.
import type {
  AccessPrincipal,
  AccountIdentity,
  AwsGap,
  ClusterAccess,
  Finding,
  FindingList,
  RoleItem,
} from "@/api/aws-contract";
import { plural } from "@/lib/quantity";
import type { ToneName } from "@/ui/tone-mark";

export interface PageVerdict {
  tone: ToneName;
  title: string;
  detail: string;
}

function movesWords({ awsAuthOnly }: NonNullable<ClusterAccess["chip"]>): string {
  return `${plural(awsAuthOnly, "principal")} would lose access when aws-auth is switched off`;
}

/** How far the cluster is from access entries alone, in one sentence; what is dangerous comes before it. */
export function accessVerdict(access: ClusterAccess, gaps: readonly AwsGap[]): PageVerdict {
  const { chip, principals, findings, authenticationMode: mode } = access;
  const total = chip ? chip.awsAuthOnly + chip.both + chip.entriesOnly + chip.unknown : 0;
  const critical = findings.filter(({ severity }) => severity === "critical").length;
  const differ = principals.filter(({ sameRights }) => sameRights === false).length;
  const partial = gaps.length > 0;
  const more = [
    critical > 0 && plural(critical, "critical finding"),
    differ > 0 && `${plural(differ, "principal")} with different rights on each side`,
    partial && "not everything could be seen",
  ].filter(Boolean);
  const detail = more.length > 0 ? `${more.join(" · ")}.`.replace(/^n/, "N") : "";
  if (!chip || total === 0) {
    return partial || !chip
      ? { tone: "unknown", title: "Who may enter is not known", detail: "What is missing stands below." }
      : { tone: "neutral", title: "No principal may enter by AWS", detail: "" };
  }
  const tone = critical > 0 || differ > 0 ? "warning" : null;
  if (chip.unknown > 0) {
    return {
      tone: tone ?? "unknown",
      title: `${plural(total, "principal")} may enter; how far the move to access entries has come is not known`,
      detail,
    };
  }
  if (chip.awsAuthOnly > 0 && mode === "API") {
    return {
      tone: tone ?? "warning",
      title: `${plural(chip.awsAuthOnly, "principal")} of aws-auth may not enter any more: only access entries are read`,
      detail,
    };
  }
  if (chip.awsAuthOnly > 0) return { tone: tone ?? "warning", title: movesWords(chip), detail };
  if (chip.both > 0) {
    return {
      tone: tone ?? "notice",
      title: `Every principal has an access entry; ${plural(chip.both, "one", "ones")} of them ${chip.both === 1 ? "stands" : "stand"} in aws-auth as well`,
      detail,
    };
  }
  return {
    tone: tone ?? (partial ? "unknown" : "ok"),
    title: `${plural(total, "principal")} ${total === 1 ? "enters" : "enter"} by access entries alone${partial ? ", as far as was seen" : ""}`,
    detail,
  };
}

export type PrincipalState = AccessPrincipal["state"];

export const STATE_WORDS: Record<PrincipalState, string> = {
  awsAuthOnly: "aws-auth only",
  both: "both",
  entryOnly: "entry only",
  unknown: "one side seen",
};

export const PRINCIPAL_STATES: readonly PrincipalState[] = ["awsAuthOnly", "both", "unknown", "entryOnly"];

/** Who is not in the new list yet first. */
export const NEEDS: Record<PrincipalState, number> = { awsAuthOnly: 1, both: 2, unknown: 3, entryOnly: 4 };

/** What needs somebody first: rights that differ, then who is not in the new list yet. */
export const byNeed = (one: AccessPrincipal, other: AccessPrincipal): number =>
  Number(one.sameRights !== false) - Number(other.sameRights !== false) ||
  NEEDS[one.state] - NEEDS[other.state] ||
  one.name.localeCompare(other.name);

export const STATE_TONE: Record<PrincipalState, ToneName> = {
  awsAuthOnly: "warning",
  both: "notice",
  entryOnly: "ok",
  unknown: "unknown",
};

/** `ClusterAdmin` of `AmazonEKSClusterAdminPolicy`. */
export const policyShort = (name: string): string =>
  name.replace(/^AmazonEKS/, "").replace(/Policy$/, "") || name;

/** What an access entry grants, in a line. */
export function entryRights({ entry }: AccessPrincipal): string {
  if (!entry) return "";
  const policies = entry.policies.map(
    ({ name, scope }) =>
      `${policyShort(name)} ${scope.clusterWide ? "everywhere" : `in ${scope.namespaces.join(", ")}`}`,
  );
  const groups = entry.groups.length > 0 ? [`groups ${entry.groups.join(", ")}`] : [];
  const all = [...policies, ...groups];
  return all.length > 0 ? all.join(" · ") : "enters, with no rights of its own";
}

export function awsAuthRights({ awsAuth }: AccessPrincipal): string {
  if (!awsAuth) return "";
  return awsAuth.groups.length > 0
    ? `groups ${awsAuth.groups.join(", ")}`
    : `user ${awsAuth.username ?? "not named"} alone`;
}

/** May do everything in the cluster. */
export const isMaster = ({ entry, awsAuth }: AccessPrincipal): boolean =>
  Boolean(
    awsAuth?.groups.includes("system:masters") ||
    entry?.policies.some(({ name, scope }) => /ClusterAdmin/.test(name) && scope.clusterWide),
  );

/** What the chips narrow the service accounts to; the first is what is shown unasked. */
export const ACCOUNT_CHIPS: { id: string; title: string; holds: (account: AccountIdentity) => boolean }[] = [
  {
    id: "",
    title: "with a role",
    holds: ({ source, findings }) => source !== "none" || findings.length > 0,
  },
  { id: "irsa", title: "IRSA", holds: ({ source }) => source === "irsa" || source === "both" },
  {
    id: "podIdentity",
    title: "Pod Identity",
    holds: ({ source }) => source === "podIdentity" || source === "both",
  },
  { id: "shadowed", title: "shadowed", holds: ({ shadowed }) => shadowed },
  { id: "missing", title: "role missing", holds: ({ roleState }) => roleState === "missing" },
  {
    id: "refused",
    title: "trust refuses",
    holds: ({ source, trust }) => source !== "none" && trust?.admits === "no",
  },
  { id: "absent", title: "no such account", holds: ({ exists }) => exists === false },
  { id: "none", title: "no role", holds: ({ source }) => source === "none" },
];

export const accountKey = ({ namespace, name }: { namespace: string; name: string }): string =>
  `${namespace}/${name}`;

const of = (findings: readonly Finding[], ids: readonly string[], about: (finding: Finding) => unknown) =>
  findings.filter((finding) => ids.includes(finding.id) && about(finding));

/** What was found about one principal. */
export const principalFindings = (findings: readonly Finding[], row: AccessPrincipal): Finding[] =>
  of(findings, row.findings, ({ subject }) => subject.arn === row.arn || subject.name === row.name);

export const roleFindings = (findings: readonly Finding[], row: RoleItem): Finding[] =>
  of(findings, row.findings, ({ subject }) => subject.arn === row.arn);

/** About a service account itself, its role, or what runs as it. */
export const accountFindings = (findings: readonly Finding[], row: AccountIdentity): Finding[] =>
  of(
    findings,
    row.findings,
    ({ subject, workloads }) =>
      (subject.name === row.name && subject.namespace === row.namespace) ||
      (row.roleArn && subject.arn === row.roleArn) ||
      workloads.some((each) =>
        row.workloads.some((known) => known.name === each.name && known.namespace === each.namespace),
      ),
  );

/** Words that must all stand somewhere in the text. */
export function matches(find: string, parts: readonly (string | null | undefined)[]): boolean {
  const text = parts.filter(Boolean).join(" ").toLowerCase();
  return find
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The worst first, then by what it is about. */
export const bySeverity = (rank: (finding: Finding) => number) => (one: Finding, other: Finding) =>
  rank(one) - rank(other) ||
  one.title.localeCompare(other.title) ||
  one.subject.name.localeCompare(other.subject.name);

/** The fleet's findings in one sentence. */
export function fleetFindingsVerdict(list: FindingList, gaps: readonly AwsGap[]): PageVerdict {
  const { findings, checked } = list;
  const critical = findings.filter(({ severity }) => severity === "critical").length;
  const clusters = new Set(findings.map(({ cluster }) => cluster)).size;
  const unknown = checked.filter(({ state }) => state === "unknown").length;
  const clear = checked.filter(({ state }) => state === "clear").length;
  const detail = [
    `${clear} of ${plural(checked.length, "check")} clear`,
    unknown > 0 && `${unknown} not known`,
    gaps.length > 0 && "not everything could be seen",
  ]
    .filter(Boolean)
    .join(" · ");
  if (findings.length === 0)
    return checked.length === 0 || unknown > 0 || gaps.length > 0
      ? {
          tone: "unknown",
          title:
            unknown === checked.length
              ? "Whether anything is wrong is not known"
              : "Nothing found in what was seen",
          detail,
        }
      : { tone: "ok", title: "Nothing is wrong with the identities of the fleet", detail };
  return {
    tone: critical > 0 ? "danger" : "warning",
    title: `${plural(findings.length, "finding")} about identities in ${plural(clusters, "cluster")}${critical > 0 ? `, ${critical} critical` : ""}`,
    detail,
  };
}
