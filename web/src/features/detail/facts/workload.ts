import type { Block, Fact, Facts, Gauge, Subject, Value, Verdict } from "./model";
import { conditionsBlock, readConditions } from "./conditions";
import { templateBlock } from "./containers";
import {
  daemonSetProgress,
  deploymentProgress,
  replicaSetProgress,
  replicaSetVerdict,
  rolloutVerdict,
  statefulSetProgress,
  type Progress,
} from "./rollout";
import { count, dig, num, rec, recs, str, text } from "./read";
import { fact, link, mono, muted, selectorSpan } from "./spans";
import { podsBehind } from "./pods-behind";
import { toleration } from "./pod";
import { volumeSource } from "./volumes";
import { listHref } from "@/lib/place";

function bars({ desired, updated, ready, available }: Progress): Block {
  const bar = (label: string, value: number): Gauge => ({
    label,
    unit: "count",
    total: Math.max(desired, value),
    used: value,
    tone: value >= desired ? "ok" : value === 0 ? "danger" : "warning",
    text: `${value} / ${desired}`,
  });
  return {
    type: "gauges",
    title: `Rollout · ${desired} desired`,
    items: desired > 0 ? [bar("Updated", updated), bar("Ready", ready), bar("Available", available)] : [],
  };
}

function strategy({ spec }: Subject): Value {
  const from = rec(spec["strategy"] ?? spec["updateStrategy"]);
  const rolling = rec(from["rollingUpdate"]);
  const rest = [
    str(rolling["maxSurge"]) !== undefined ? `surge ${text(rolling["maxSurge"])}` : "",
    str(rolling["maxUnavailable"]) !== undefined ? `unavailable ${text(rolling["maxUnavailable"])}` : "",
    num(rolling["partition"]) ? `partition ${text(rolling["partition"])}` : "",
  ].filter(Boolean);
  return [text(from["type"]), muted(rest.join(", "))];
}

function revision(subject: Subject): Value | undefined {
  const annotation = str(dig(subject.object.metadata?.annotations, "deployment.kubernetes.io/revision"));
  if (annotation) return mono(annotation);
  const { currentRevision, updateRevision } = subject.status;
  if (!str(currentRevision)) return undefined;
  return currentRevision === updateRevision
    ? mono(text(currentRevision))
    : [mono(text(currentRevision)), "→", mono(text(updateRevision))];
}

function settings(subject: Subject): Fact[] {
  const { spec } = subject;
  const pod = rec(dig(spec, "template", "spec"));
  const minutes = num(spec["progressDeadlineSeconds"]);
  return [
    ...fact("Selector", selectorSpan(subject, spec["selector"])),
    ...fact("Strategy", strategy(subject)),
    ...fact("Revision", revision(subject)),
    ...fact(
      "History",
      num(spec["revisionHistoryLimit"]) === undefined
        ? undefined
        : `${count(spec["revisionHistoryLimit"])} revisions kept`,
    ),
    ...fact("Deadline", minutes === undefined ? undefined : `${minutes} s without progress`),
    ...fact(
      "Ready for",
      num(spec["minReadySeconds"]) ? `${count(spec["minReadySeconds"])} s before available` : undefined,
    ),
    ...fact("Pod order", str(spec["podManagementPolicy"])),
    ...fact("Headless service", link(subject, "services", str(spec["serviceName"]))),
    ...fact("Service account", link(subject, "serviceaccounts", text(pod["serviceAccountName"], "default"))),
    ...fact("Priority", str(pod["priorityClassName"])),
    ...fact(
      "Node selector",
      ...Object.entries(rec(pod["nodeSelector"])).map(([key, value]) => mono(`${key}=${text(value)}`)),
    ),
    ...fact(
      "Spread",
      ...recs(pod["topologySpreadConstraints"]).map((each): Value => [
        mono(text(each["topologyKey"])),
        muted(`skew ${text(each["maxSkew"])}, ${text(each["whenUnsatisfiable"])}`),
      ]),
    ),
    ...fact("Tolerations", ...recs(pod["tolerations"]).map(toleration)),
  ];
}

function claims({ spec }: Subject): Block[] {
  const rows = recs(spec["volumeClaimTemplates"]).map((each): Value[] => [
    mono(text(dig(each, "metadata", "name"))),
    mono(text(dig(each, "spec", "resources", "requests", "storage"))),
    text(dig(each, "spec", "storageClassName"), "default class"),
  ]);
  return rows.length > 0
    ? [{ type: "table", title: "Volume claim templates", columns: ["Name", "Size", "Class"], rows }]
    : [];
}

/** The pods themselves, and the list that shows all of them. */
export function podsBlock(subject: Subject, selector: unknown): Block {
  const href = selectorSpan(subject, selector)[0]?.href;
  return {
    type: "related",
    title: "Pods",
    relations: ["owns", "selects"],
    kinds: ["pods"],
    href: href ?? listHref(subject.ref.cluster, "pods", { filter: `owner:${subject.ref.name}` }),
  };
}

/** What its pods say, where the workload itself only counts them. */
function withCause({ related }: Subject, verdict: Verdict): Verdict {
  const trouble = verdict.tone === "ok" || verdict.tone === "neutral" ? null : podsBehind(related)?.trouble;
  return trouble ? { ...verdict, detail: [...verdict.detail, trouble] } : verdict;
}

function workload(
  progressOf: (subject: Subject) => Progress,
  verdictOf: (subject: Subject, progress: Progress) => Verdict = rolloutVerdict,
) {
  return (subject: Subject): Facts => {
    const { spec, status } = subject;
    const progress = progressOf(subject);
    const pod = rec(dig(spec, "template", "spec"));
    return {
      verdict: withCause(subject, verdictOf(subject, progress)),
      main: [
        bars(progress),
        podsBlock(subject, spec["selector"]),
        ...templateBlock(subject, pod),
        { type: "events" },
      ],
      side: [
        ...conditionsBlock(readConditions(status)),
        { type: "facts", title: "Settings", facts: settings(subject) },
        {
          type: "facts",
          title: "Volumes",
          facts: recs(pod["volumes"]).flatMap((each) =>
            fact(text(each["name"], "?"), volumeSource(subject, each)),
          ),
        },
        ...claims(subject),
      ],
    };
  };
}

export const deploymentFacts = workload(deploymentProgress);
export const statefulSetFacts = workload(statefulSetProgress);
export const daemonSetFacts = workload(daemonSetProgress);
export const replicaSetFacts = workload(replicaSetProgress, replicaSetVerdict);
