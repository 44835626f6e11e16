import { listHref } from "@/lib/place";
import { formatBytes } from "@/lib/quantity";
import type { Block, Facts, Gauge, Subject, Value, Verdict } from "./model";
import { amount, capacityGauge } from "./amounts";
import { conditionsBlock, readConditions } from "./conditions";
import { readMachine } from "./machine";
import { count, dig, rec, recs, str, strings, text } from "./read";
import { fact, link, mono, muted, since } from "./spans";

function nodeVerdict({ spec, status }: Subject): Verdict {
  const conditions = readConditions(status);
  const ready = conditions.find((each) => each.type === "Ready");
  const pressed = conditions.filter((each) => each.type !== "Ready" && each.tone === "danger");
  const cordoned = spec["unschedulable"] === true;
  const suffix = cordoned ? ",SchedulingDisabled" : "";
  const aside: Value[] = cordoned ? ["cordoned: no new pods are placed here"] : [];
  if (ready?.status === "Unknown")
    return {
      tone: "danger",
      status: `Unknown${suffix}`,
      title: ["The kubelet does not answer", ...since(ready.since, "for")],
      detail: [ready.message ?? "", ...aside],
    };
  if (ready?.status !== "True")
    return {
      tone: "danger",
      status: `NotReady${suffix}`,
      title: ["Not ready", ...since(ready?.since, "for")],
      detail: [ready?.message ?? "no Ready condition", ...aside],
    };
  if (pressed.length > 0) {
    const [first] = pressed;
    return {
      tone: "warning",
      status: `Ready${suffix}`,
      title: [`Ready, with ${pressed.map((each) => each.type).join(" and ")}`, ...since(first?.since, "for")],
      detail: [first?.message ?? "", ...aside],
    };
  }
  if (cordoned)
    return {
      tone: "notice",
      status: `Ready${suffix}`,
      title: "Ready and cordoned",
      detail: ["no new pods are placed here"],
    };
  return { tone: "ok", status: "Ready", title: ["Ready", ...since(ready.since, "for")], detail: [] };
}

const EXTRA: [string, string, "memory" | "count"][] = [
  ["nvidia.com/gpu", "GPUs", "count"],
  ["aws.amazon.com/neuron", "Neuron", "count"],
];

function capacity(subject: Subject): Block {
  const { node, metrics, status } = subject;
  const allocatable = (name: string, unit: "cpu" | "memory" | "count") =>
    amount(unit, dig(status, "allocatable", name)) ?? 0;
  const used = (name: "cpu" | "memory") => metrics?.[name] ?? node?.[name].used ?? null;
  const items: Gauge[] = [
    capacityGauge("CPU", "cpu", allocatable("cpu", "cpu"), {
      used: used("cpu"),
      request: node?.cpu.requested,
    }),
    capacityGauge("Memory", "memory", allocatable("memory", "memory"), {
      used: used("memory"),
      request: node?.memory.requested,
    }),
    capacityGauge("Pods", "count", allocatable("pods", "count"), { request: node?.pods.requested }),
    ...EXTRA.filter(([name]) => allocatable(name, "count") > 0).map(([name, label, unit]) =>
      capacityGauge(label, unit, allocatable(name, unit), {}),
    ),
  ];
  return { type: "gauges", title: "Allocatable", items: items.filter((each) => each.total > 0) };
}

function machine(subject: Subject): Block {
  const { instance, lifecycle, architecture, zone, nodePool, nodeGroup, roles } = readMachine(
    subject.object.metadata?.labels,
  );
  return {
    type: "facts",
    title: "Machine",
    facts: [
      ...fact("Instance", [
        mono(instance ?? ""),
        muted([lifecycle, architecture].filter(Boolean).join(" · ")),
      ]),
      ...fact("Zone", zone ? mono(zone) : undefined),
      ...fact("Node pool", link(subject, "nodepools.karpenter.sh", nodePool, null)),
      ...fact("Node group", nodeGroup ? mono(nodeGroup) : undefined),
      ...fact("Roles", roles.join(", ")),
      ...fact(
        "Provider id",
        str(subject.spec["providerID"]) ? mono(text(subject.spec["providerID"])) : undefined,
      ),
      ...fact("Pod networks", ...strings(subject.spec["podCIDRs"]).map(mono)),
    ],
  };
}

function system({ status }: Subject): Block {
  const info = rec(status["nodeInfo"]);
  const disk = amount("memory", dig(status, "allocatable", "ephemeral-storage"));
  return {
    type: "facts",
    title: "System",
    facts: [
      ...fact("Kubelet", mono(text(info["kubeletVersion"]))),
      ...fact("Image", text(info["osImage"])),
      ...fact("Kernel", mono(text(info["kernelVersion"]))),
      ...fact("Runtime", mono(text(info["containerRuntimeVersion"]))),
      ...fact("Disk for pods", disk === undefined ? undefined : formatBytes(disk)),
      ...fact(
        "Images held",
        recs(status["images"]).length > 0
          ? `${recs(status["images"]).length}, ${formatBytes(recs(status["images"]).reduce((sum, each) => sum + count(each["sizeBytes"]), 0))}`
          : undefined,
      ),
    ],
  };
}

export function nodeFacts(subject: Subject): Facts {
  const { spec, status, ref } = subject;
  const taints = recs(spec["taints"]).map((each): Value[] => [
    mono(`${text(each["key"])}${str(each["value"]) ? `=${text(each["value"])}` : ""}`),
    text(each["effect"]),
    since(str(each["timeAdded"])),
  ]);
  return {
    verdict: nodeVerdict(subject),
    main: [
      capacity(subject),
      ...conditionsBlock(readConditions(status)),
      {
        type: "related",
        title: "Pods",
        relations: ["runs", "used by", "owns", "runs on"],
        kinds: ["pods"],
        href: listHref(ref.cluster, "pods", { filter: `node:${ref.name}` }),
      },
      { type: "events" },
    ],
    side: [
      machine(subject),
      {
        type: "table",
        title: "Taints",
        columns: ["Taint", "Effect", "Since"],
        rows: taints,
        empty: "none: any pod may be placed here",
      },
      {
        type: "facts",
        title: "Addresses",
        facts: recs(status["addresses"]).flatMap((each) =>
          fact(text(each["type"]), mono(text(each["address"]))),
        ),
      },
      system(subject),
    ],
  };
}
