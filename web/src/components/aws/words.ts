// How the console says what AWS decides.
import type {
  Admits,
  AwsStatus,
  IdentitySource,
  Layer,
  Severity,
  StepKind,
  Verdict,
} from "@/api/aws-contract";
import type { Decision } from "@/api/aws-contract";
import { formatAccount } from "@/lib/text";

const LAYERS: Record<string, string> = {
  identity: "identity policies",
  boundary: "the permissions boundary",
  session: "the session policy",
  serviceControl: "the organisation",
  scp: "the organisation",
  resourceControl: "a resource control policy",
  rcp: "a resource control policy",
  resource: "the resource's policy",
  endpoint: "the VPC endpoint",
  vpce: "the VPC endpoint",
  trust: "the role's trust policy",
  federation: "the way to the role",
};

const norm = (layer: string): string =>
  LAYERS[layer] ?? LAYERS[layer.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())] ?? layer;

/** What a layer is called inside a sentence: `denied by the organisation`. */
export const layerWords = (layer: string): string => norm(layer);

/** The same at the start of a line. */
export function layerTitle(layer: string): string {
  const words = norm(layer).replace(/^(the|a) /, "");
  return `${words[0]?.toUpperCase() ?? ""}${words.slice(1)}`;
}

export function verdictWords({ decision, condition, blockedBy }: Verdict): string {
  if (decision === "allowed") return "allowed";
  if (decision === "unknown") return condition ? `not known: ${condition}` : "not known";
  if (decision === "conditional") return condition ? `allowed if ${condition}` : "allowed under conditions";
  if (blockedBy.length === 0) return "not allowed: nothing grants it";
  return `denied by ${blockedBy.map(layerWords).join(", ")}`;
}

export const SOURCE_WORDS: Record<IdentitySource, string> = {
  irsa: "IRSA",
  podIdentity: "Pod Identity",
  both: "IRSA and Pod Identity",
  node: "the node's role",
  staticKeys: "static keys",
  none: "no role",
};

export const STEP_WORDS: Record<StepKind, string> = {
  pod: "pods",
  serviceAccount: "service account",
  association: "Pod Identity",
  annotation: "IRSA",
  role: "role",
  targetRole: "target role",
  sessionPolicy: "session policy",
  boundary: "permissions boundary",
  scp: "organisation",
  node: "node role",
};

export const accountWords = (account: string | null | undefined): string =>
  account ? `account ${formatAccount(account)}` : "account not known";

export const LAYER_DECISION: Record<Layer["verdict"], Decision> = {
  allows: "allowed",
  denies: "denied",
  silent: "denied",
  conditional: "conditional",
  notSeen: "unknown",
  none: "allowed",
};

export const LAYER_WORD: Record<Layer["verdict"], string> = {
  allows: "allows",
  denies: "denies",
  silent: "says nothing",
  conditional: "depends",
  notSeen: "not seen",
  none: "none applies",
};

/** Whether a trust policy lets somebody in, as a decision. */
export const ADMITS_DECISION: Record<Admits, Decision> = {
  yes: "allowed",
  no: "denied",
  conditional: "conditional",
  unknown: "unknown",
};

/** What is read of AWS for a cluster. */
export const PART_WORDS: Record<AwsStatus["parts"][number]["part"], string> = {
  eks: "the cluster",
  accessEntries: "access entries",
  podIdentity: "Pod Identity associations",
  iam: "IAM",
  oidcProviders: "OIDC providers",
  organization: "the organisation",
  instances: "instances of nodes",
};

export const PART_STATE_WORDS: Record<AwsStatus["parts"][number]["state"], string> = {
  live: "read",
  stale: "not refreshed",
  refused: "refused",
  never: "not read yet",
  unreachable: "not reached",
};

export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];

export const severityRank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** The worst of them, or null of none. */
export const worstOf = (findings: readonly { severity: Severity }[]): Severity | null =>
  SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) ?? null;
