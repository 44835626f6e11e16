import { plural } from "@/lib/quantity";
import type { Facts, Gauge, Subject, Value, Verdict } from "./model";
import { conditionsBlock, findCondition, readConditions } from "./conditions";
import { count, dig, num, rec, recs, str, text, type Rec } from "./read";
import { fact, link, mono, muted, selectorSpan, since } from "./spans";

const SOURCES: [type: string, key: string][] = [
  ["Resource", "resource"],
  ["ContainerResource", "containerResource"],
  ["Pods", "pods"],
  ["Object", "object"],
  ["External", "external"],
];

/** One metric of an autoscaler: its name, its wish and what is measured. */
interface Measured {
  name: string;
  target: string;
  current: string;
  /** Current of target, when both are plain numbers. */
  share: number | null;
}

const figure = (value: Rec): { text: string; value: number | null } => {
  const utilization = num(value["averageUtilization"]);
  if (utilization !== undefined) return { text: `${utilization} %`, value: utilization };
  const plain = str(value["averageValue"]) ?? str(value["value"]);
  return {
    text: plain ?? "–",
    value: plain !== undefined && /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null,
  };
};

const metricName = (type: string, from: Rec): string => {
  const name = text(from["name"] ?? dig(from, "metric", "name"));
  if (type === "ContainerResource") return `${name} of ${text(from["container"])}`;
  return type === "Object" ? `${name} of ${text(dig(from, "describedObject", "name"))}` : name;
};

export function readMetrics(spec: Rec, status: Rec): Measured[] {
  const current = recs(status["currentMetrics"]);
  return recs(spec["metrics"]).map((metric) => {
    const [type, key] = SOURCES.find(([each]) => each === metric["type"]) ?? ["", ""];
    const from = rec(metric[key]);
    const name = metricName(type, from);
    const found = current.map((each) => rec(each[key])).find((each) => metricName(type, each) === name);
    const [target, now] = [figure(rec(from["target"])), figure(rec(found?.["current"]))];
    return {
      name,
      target: target.text,
      current: found ? now.text : "not measured",
      share:
        target.value !== null && target.value > 0 && now.value !== null ? now.value / target.value : null,
    };
  });
}

function autoscalerVerdict({ spec, status }: Subject, metrics: Measured[]): Verdict {
  const [current, desired] = [count(status["currentReplicas"]), count(status["desiredReplicas"])];
  const [low, high] = [num(spec["minReplicas"]) ?? 1, count(spec["maxReplicas"])];
  const able = findCondition(status, "AbleToScale");
  const active = findCondition(status, "ScalingActive");
  const limited = findCondition(status, "ScalingLimited");
  const figures = `${plural(current, "replica")}, between ${low} and ${high}`;
  const bad = [able, active].find((each) => each?.status === "False" && each.reason !== "ScalingDisabled");
  if (bad)
    return {
      tone: "warning",
      status: bad.reason ?? "Not scaling",
      title: ["Cannot scale", ...since(bad.since, "for")],
      detail: [bad.message ?? "", figures],
    };
  if (current !== desired)
    return {
      tone: "notice",
      status: "Scaling",
      title: `Scaling from ${current} to ${desired}`,
      detail: [figures],
    };
  const over = metrics.find((each) => (each.share ?? 0) > 1.1);
  if (limited?.status === "True" && desired >= high && over)
    return {
      tone: "notice",
      status: "At maximum",
      title: ["Wants more than its maximum", ...since(limited.since, "for")],
      detail: [`${over.name} at ${over.current}, target ${over.target}, with all ${high} replicas`],
    };
  return {
    tone: "ok",
    status: "Steady",
    title: `${current} ${current === 1 ? "replica" : "replicas"}, within ${low} to ${high}`,
    detail: [],
  };
}

export function autoscalerFacts(subject: Subject): Facts {
  const { spec, status } = subject;
  const target = rec(spec["scaleTargetRef"]);
  const metrics = readMetrics(spec, status);
  const low = num(spec["minReplicas"]) ?? 1;
  const current = count(status["currentReplicas"]);
  const bars: Gauge[] = [
    {
      label: "Replicas",
      unit: "count",
      total: count(spec["maxReplicas"]),
      used: current,
      mark: low,
      tone: "accent",
      text: `${current} now · ${count(status["desiredReplicas"])} wanted · ${low} to ${count(spec["maxReplicas"])}`,
    },
    ...metrics.map((each): Gauge => ({
      label: each.name,
      unit: "count",
      total: 1.5,
      used: each.share,
      mark: 1,
      tone: (each.share ?? 0) > 1.1 ? "warning" : "accent",
      text: `${each.current} · target ${each.target}`,
    })),
  ];
  const behaviour = rec(spec["behavior"]);
  const policies = (direction: string): Value | undefined => {
    const from = rec(behaviour[direction]);
    const rules = recs(from["policies"]).map(
      (each) =>
        `${text(each["value"])}${each["type"] === "Percent" ? " %" : " pods"} per ${text(each["periodSeconds"])} s`,
    );
    const stable = num(from["stabilizationWindowSeconds"]);
    return rules.length > 0 || stable !== undefined
      ? [rules.join(", "), muted(stable === undefined ? "" : `after ${stable} s`)]
      : undefined;
  };
  return {
    verdict: autoscalerVerdict(subject, metrics),
    main: [
      { type: "gauges", title: "Target and current", items: bars },
      ...conditionsBlock(readConditions(status)),
      { type: "events" },
    ],
    side: [
      {
        type: "facts",
        title: "Autoscaler",
        facts: [
          ...fact("Scales", [
            muted(text(target["kind"])),
            ...link(
              subject,
              subject.kindId(text(target["apiVersion"]), text(target["kind"])),
              str(target["name"]),
            ),
          ]),
          ...fact(
            "Last scaled",
            str(status["lastScaleTime"])
              ? [...since(str(status["lastScaleTime"])), "ago"]
              : muted("not on record"),
          ),
          ...fact("Up", policies("scaleUp")),
          ...fact("Down", policies("scaleDown")),
        ],
      },
    ],
  };
}

interface Budget {
  allowed: number;
  healthy: number;
  wanted: number;
  expected: number;
  /** It asks for all of its pods: no eviction is ever allowed. */
  never: boolean;
}

function readBudget({ spec, status }: Subject): Budget {
  const [wanted, expected] = [count(status["desiredHealthy"]), count(status["expectedPods"])];
  const none = ["0", "0%"].includes(text(spec["maxUnavailable"]));
  return {
    allowed: count(status["disruptionsAllowed"]),
    healthy: count(status["currentHealthy"]),
    wanted,
    expected,
    never: none || text(spec["minAvailable"]) === "100%" || (expected > 0 && wanted >= expected),
  };
}

function budgetVerdict({ allowed, healthy, wanted, expected, never }: Budget): Verdict {
  if (expected === 0)
    return {
      tone: "neutral",
      status: "No pods",
      title: "Protects no pods: nothing matches its selector",
      detail: [],
    };
  if (healthy < wanted)
    return {
      tone: "warning",
      status: "Violated",
      title: `Blocks every eviction: ${healthy} of the ${wanted} pods it wants are healthy`,
      detail: ["node drains wait until more pods are healthy"],
    };
  if (allowed === 0)
    return {
      tone: "notice",
      status: "Blocks eviction",
      title: "Allows no disruption now",
      detail: [
        never
          ? "it never will: it asks for all of its pods, so a node drain blocks on it"
          : "another eviction has to wait",
      ],
    };
  return {
    tone: "ok",
    status: "Ok",
    title: `Allows ${plural(allowed, "disruption")} now`,
    detail: [],
  };
}

export function disruptionBudgetFacts(subject: Subject): Facts {
  const { spec, status } = subject;
  const budget = readBudget(subject);
  const { healthy, wanted, expected } = budget;
  const bar: Gauge = {
    label: "Healthy",
    unit: "count",
    total: expected,
    used: healthy,
    mark: wanted,
    tone: healthy < wanted ? "warning" : "ok",
    text: `${healthy} of ${expected} · at least ${wanted}`,
  };
  const pods = selectorSpan(subject, spec["selector"]);
  const bound = (key: string) => (str(spec[key]) === undefined ? undefined : mono(text(spec[key])));
  return {
    verdict: budgetVerdict(budget),
    main: [
      { type: "gauges", title: "Pods", items: expected > 0 ? [bar] : [] },
      {
        type: "related",
        title: "Protected pods",
        relations: ["selects", "limits"],
        kinds: ["pods"],
        href: pods[0]?.href,
      },
      { type: "events" },
    ],
    side: [
      {
        type: "facts",
        title: "Budget",
        facts: [
          ...fact("Min available", bound("minAvailable")),
          ...fact("Max unavailable", bound("maxUnavailable")),
          ...fact("Selector", pods),
          ...fact(
            "Unhealthy pods",
            str(spec["unhealthyPodEvictionPolicy"]) ?? muted("evicted only while the budget is met"),
          ),
        ],
      },
      ...conditionsBlock(readConditions(status)),
    ],
  };
}
