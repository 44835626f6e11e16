import type { AwsAccess, Decision, GrantedAction, ServiceGrants } from "@/api/aws-contract";
import { SOURCE_WORDS } from "@/components/aws/words";
import { arnName } from "@/lib/arn";
import { plural } from "@/lib/quantity";

/** What the chips narrow the permissions to. */
export const SHOWS = ["sensitive", "allowed", "conditional", "denied"] as const;
export type Show = (typeof SHOWS)[number];

export const isShow = (text: string): text is Show => (SHOWS as readonly string[]).includes(text);

const isSensitive = ({ sensitive }: GrantedAction): boolean => sensitive.length > 0;

const matchesShow = (grant: GrantedAction, show: Show | null): boolean =>
  show === null || (show === "sensitive" ? isSensitive(grant) : grant.verdict.decision === show);

/** Words that must all stand in the action, a resource, or the condition. */
function matchesText(grant: GrantedAction, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = [grant.action, grant.accessLevel, ...grant.resources, grant.verdict.condition ?? ""]
    .join(" ")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

const ORDER: Record<Decision, number> = { allowed: 0, conditional: 1, unknown: 2, denied: 3 };

/** Sensitive ones first, then what is allowed, then what only may be. */
const byWeight = (one: GrantedAction, other: GrantedAction): number =>
  Number(isSensitive(other)) - Number(isSensitive(one)) ||
  ORDER[one.verdict.decision] - ORDER[other.verdict.decision] ||
  one.action.localeCompare(other.action);

/** The services with the rows that match; services without any are left out. */
export function filterGrants(
  services: readonly ServiceGrants[],
  find: string,
  show: Show | null,
): ServiceGrants[] {
  const words = find.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return services
    .map((service) => {
      const own = words.filter((word) => !`${service.service} ${service.name}`.toLowerCase().includes(word));
      const actions = service.actions
        .filter((grant) => matchesShow(grant, show) && matchesText(grant, own))
        .sort(byWeight);
      return { ...service, actions };
    })
    .filter(({ actions }) => actions.length > 0);
}

export type Tally = Record<Show, number>;

/** How many rows each chip would leave. */
export function tally(services: readonly ServiceGrants[]): Tally {
  const all = services.flatMap(({ actions }) => actions);
  const count = (show: Show) => all.filter((grant) => matchesShow(grant, show)).length;
  return {
    sensitive: count("sensitive"),
    allowed: count("allowed"),
    conditional: count("conditional"),
    denied: count("denied"),
  };
}

/** Which entries of the catalogue a service's permissions make. */
export const sensitiveOf = (actions: readonly GrantedAction[]): string[] => [
  ...new Set(actions.flatMap(({ sensitive }) => sensitive)),
];

/** `GetObject` of `s3:GetObject`: the service stands above it. */
export const actionName = (action: string): string => action.split(":").slice(1).join(":") || action;

/** Which tone the sentence has: what is wrong decides, not how much is granted. */
export function accessTone({ findings, summary }: AwsAccess): "danger" | "warning" | "ok" {
  if (summary.admin || findings.some(({ severity }) => severity === "critical")) return "danger";
  return findings.some(({ severity }) => severity === "high") ? "warning" : "ok";
}

/** `can do nothing in AWS` is said of somebody, and a sentence begins with a capital unless a name does. */
function begun(sentence: string, name: string): string {
  if (sentence.startsWith("can ")) return `${name} ${sentence}`;
  return sentence.startsWith(name) ? sentence : sentence.replace(/^./, (letter) => letter.toUpperCase());
}

/** Who it is, what it may do, and what a restart would change, in one sentence. */
export function accessSentence({ subject, identities, afterRestart, summary }: AwsAccess): string {
  const [one, ...more] = identities;
  const stale = identities.filter(({ state }) => state === "stale").reduce((sum, { pods }) => sum + pods, 0);
  const roles = new Set(identities.map(({ roleArn }) => roleArn ?? ""));
  const role = one?.roleArn ?? afterRestart?.roleArn;
  const name = role ? arnName(role) : null;
  const source = SOURCE_WORDS[one?.source ?? afterRestart?.source ?? "none"];
  const who =
    name === null || summary.sentence.includes(name)
      ? ""
      : roles.size > 1
        ? `${subject.name} acts as ${plural(more.length + 1, "identity", "identities")} at once; `
        : `${subject.name} acts as ${name} by ${source}; `;
  const restart =
    stale > 0
      ? `; ${plural(stale, "pod")} ${stale === 1 ? "runs" : "run"} with an older identity, restart to apply`
      : "";
  return `${begun(who + summary.sentence, subject.name)}${restart}`;
}

/** How many actions the rows of a service stand for. */
export const actionCount = ({ actions, total, cut }: ServiceGrants): number =>
  cut
    ? total
    : Math.max(
        total,
        actions.reduce((sum, { count }) => sum + count, 0),
      );
