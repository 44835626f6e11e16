// RBAC objects and service accounts: what they grant, to whom.
import { plural } from "@/lib/quantity";
import type { Tone } from "@/api/contract";
import type { Facts, Span, Subject, Value, Verdict } from "./model";
import { selector, fact, link, mono, muted, objectSpan, toned } from "./spans";
import { dig, rec, recs, str, strings, text, type Rec } from "./read";

const ROLES = {
  Role: "roles.rbac.authorization.k8s.io",
  ClusterRole: "clusterroles.rbac.authorization.k8s.io",
} as const;

/** Why a rule deserves a second look; the strongest reason only. */
export function ruleRisk(rule: Rec): string | null {
  const [verbs, resources, groups] = [
    strings(rule["verbs"]),
    strings(rule["resources"]),
    strings(rule["apiGroups"]),
  ];
  const verb = (...names: string[]) => verbs.includes("*") || names.some((name) => verbs.includes(name));
  const core = groups.includes("") || groups.includes("*");
  const resource = (...names: string[]) =>
    resources.includes("*") || names.some((name) => resources.includes(name));
  const rbac = groups.includes("*") || groups.includes("rbac.authorization.k8s.io");
  if (verbs.includes("*") && resources.includes("*") && groups.includes("*")) return "everything";
  if (verb("impersonate") && resource("users", "groups", "serviceaccounts")) return "acts as others";
  if (rbac && verb("escalate", "bind") && resource("roles", "clusterroles")) return "grants itself more";
  if (rbac && verb("create", "update", "patch") && resource("rolebindings", "clusterrolebindings"))
    return "grants roles";
  if (core && resource("secrets") && verb("get", "list", "watch")) return "reads secrets";
  if (core && resource("pods/exec", "pods/attach") && verb("create", "get")) return "runs commands in pods";
  if (core && resource("serviceaccounts/token") && verb("create")) return "makes tokens";
  if (core && resource("nodes/proxy")) return "reaches kubelets";
  if (resource("pods", "deployments", "daemonsets", "jobs") && verb("create")) return "starts pods";
  return null;
}

const GRAVE = new Set(["everything", "acts as others", "grants itself more"]);

function ruleRow(rule: Rec): Value[] {
  const urls = strings(rule["nonResourceURLs"]);
  const groups = strings(rule["apiGroups"]).map((group) => (group === "" ? "core" : group));
  const names = strings(rule["resourceNames"]);
  const risk = ruleRisk(rule);
  const what: (string | Span)[] =
    urls.length > 0 ? [muted("paths"), mono(urls.join(", "))] : [mono(strings(rule["resources"]).join(", "))];
  if (names.length > 0) what.push(muted("named"), mono(names.join(", ")));
  if (risk) what.push(toned(GRAVE.has(risk) ? "danger" : "warning", risk));
  return [
    what,
    mono(strings(rule["verbs"]).join(", ")),
    urls.length > 0 ? muted("–") : mono(groups.join(", ")),
  ];
}

export function roleFacts(subject: Subject): Facts {
  const root = rec(subject.object);
  const rules = recs(root["rules"]);
  const risks = [...new Set(rules.flatMap((rule) => ruleRisk(rule) ?? []))];
  const tone: Tone = risks.some((risk) => GRAVE.has(risk)) ? "warning" : "neutral";
  const aggregated = recs(dig(root, "aggregationRule", "clusterRoleSelectors")).map(
    (each) => selector(each)?.words ?? "every role",
  );
  const scope = subject.ref.namespace ? `in ${subject.ref.namespace}` : "where it is bound";
  return {
    verdict: {
      tone,
      status: plural(rules.length, "rule"),
      title:
        rules.length === 0
          ? "Grants nothing"
          : risks.includes("everything")
            ? `Grants everything ${scope}`
            : `Grants ${plural(rules.length, "rule")} ${scope}`,
      detail: [
        ...(risks.length > 0 ? [`worth a look: ${risks.join(", ")}`] : []),
        ...(aggregated.length > 0
          ? [`gathers the rules of cluster roles with ${aggregated.join("; or ")}`]
          : []),
      ],
    },
    main: [
      {
        type: "table",
        title: "Rules",
        columns: ["Resources", "Verbs", "Groups"],
        rows: rules.map(ruleRow),
        empty: "none: whoever is bound to it may do nothing by it",
      },
      { type: "related", title: "Granted by", relations: ["granted by", "used by", "bound to"] },
    ],
    side: [],
  };
}

function subjectRow(subject: Subject, each: Rec): Value[] {
  const [kind, name, namespace] = [text(each["kind"]), text(each["name"]), text(each["namespace"])];
  if (kind !== "ServiceAccount")
    return [
      kind,
      mono(name),
      name === "system:authenticated" || name === "system:unauthenticated"
        ? {
            text:
              name === "system:authenticated" ? "everybody who is signed in" : "everybody, signed in or not",
            tone: "warning",
          }
        : "",
    ];
  return [
    "Service account",
    [
      muted(`${namespace} /`),
      objectSpan({ cluster: subject.ref.cluster, kind: "serviceaccounts", namespace, name }),
    ],
    "",
  ];
}

export function bindingFacts(subject: Subject): Facts {
  const root = rec(subject.object);
  const role = rec(root["roleRef"]);
  const kind = text(role["kind"]) === "Role" ? "Role" : "ClusterRole";
  const name = text(role["name"]);
  const subjects = recs(root["subjects"]);
  const namespace = kind === "Role" ? (subject.ref.namespace ?? null) : null;
  const where = subject.ref.namespace ? `in ${subject.ref.namespace}` : "in the whole cluster";
  const grave = name === "cluster-admin" && !subject.ref.namespace;
  const open = subjects.some(
    (each) =>
      each["name"] === "system:unauthenticated" ||
      (each["name"] === "system:authenticated" &&
        name !== "system:basic-user" &&
        name !== "system:discovery" &&
        name !== "system:public-info-viewer"),
  );
  const verdict: Verdict = {
    tone: open ? "warning" : "neutral",
    status: plural(subjects.length, "subject"),
    title: [
      muted(kind === "Role" ? "Role" : "Cluster role"),
      ...link(subject, ROLES[kind], name, namespace),
      `for ${plural(subjects.length, "subject")} ${where}`,
    ],
    detail: [
      ...(grave ? ["cluster-admin: may do everything"] : []),
      ...(subjects.length === 0 ? ["nobody is bound: it has no effect"] : []),
    ],
  };
  return {
    verdict,
    main: [
      {
        type: "table",
        title: "Subjects",
        columns: ["Kind", "Name", ""],
        rows: subjects.map((each) => subjectRow(subject, each)),
        empty: "none",
      },
      { type: "related", title: "Grants", relations: ["grants", "uses"] },
    ],
    side: [
      {
        type: "facts",
        title: "Binding",
        facts: [
          ...fact("Role", link(subject, ROLES[kind], name, namespace)),
          ...fact("Reach", where.replace("in ", "")),
        ],
      },
    ],
  };
}

export function serviceAccountFacts(subject: Subject): Facts {
  const root = rec(subject.object);
  const annotations = rec(subject.object.metadata?.annotations);
  const arn = str(annotations["eks.amazonaws.com/role-arn"]);
  const account = arn ? /:(\d{12}):/.exec(arn)?.[1] : undefined;
  const mounts = root["automountServiceAccountToken"] !== false;
  return {
    verdict: {
      tone: "neutral",
      status: arn ? "IAM role" : "Account",
      title: arn
        ? ["Pods get the IAM role", mono(arn.split("/").at(-1) ?? arn)]
        : "No IAM role by annotation",
      detail: [
        arn
          ? `by web identity (IRSA)${account ? `, account ${account}` : ""}`
          : "a Pod Identity association may still give one: it is not written on the account",
      ],
    },
    main: [
      { type: "related", title: "Bound to", relations: ["granted by", "grants", "bound to"] },
      { type: "related", title: "Used by", relations: ["used by"] },
    ],
    side: [
      {
        type: "facts",
        title: "Account",
        facts: [
          ...fact("IAM role", arn ? mono(arn) : undefined),
          ...fact("Token audience", str(annotations["eks.amazonaws.com/audience"])),
          ...fact("Token", mounts ? "mounted into its pods unless they refuse" : "not mounted by default"),
          ...fact(
            "Kubernetes user",
            mono(`system:serviceaccount:${subject.ref.namespace ?? ""}:${subject.ref.name}`),
          ),
          ...fact(
            "Secrets",
            ...recs(root["secrets"]).map((each) => link(subject, "secrets", str(each["name"]))),
          ),
          ...fact(
            "Pull secrets",
            ...recs(root["imagePullSecrets"]).map((each) => link(subject, "secrets", str(each["name"]))),
          ),
        ],
      },
    ],
  };
}
