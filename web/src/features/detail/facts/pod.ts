import { listHref } from "@/lib/place";
import type { Block, Facts, Subject, Value } from "./model";
import { findCondition, readConditions, conditionsBlock } from "./conditions";
import { containersBlock, resourcesBlock } from "./containers";
import { readMachine } from "./machine";
import { podVerdict } from "./pod-verdict";
import { parseUnschedulable } from "./scheduling";
import { fact, link, mono, muted } from "./spans";
import { num, rec, recs, str, text, type Rec } from "./read";
import { volumeSource } from "./volumes";

function schedulingBlock(subject: Subject): Block[] {
  const scheduled = findCondition(subject.status, "PodScheduled");
  if (scheduled?.status !== "False" || !scheduled.message) return [];
  const { nodes, reasons, rest } = parseUnschedulable(scheduled.message);
  if (reasons.length === 0) return [];
  return [
    {
      type: "table",
      title: `Why no node takes it · ${nodes ?? ""} fit`,
      columns: ["Nodes", "Reason"],
      rows: reasons.map(({ count, reason }): Value[] => [mono(String(count)), reason]),
      ...(rest ? { note: rest } : {}),
    },
  ];
}

/** `node.kubernetes.io/not-ready, NoExecute for 300 s`. */
export function toleration(each: Rec): Value {
  const key = str(each["key"]) ?? "every taint";
  const value = each["operator"] === "Exists" || !str(each["value"]) ? "" : `=${text(each["value"])}`;
  const seconds = num(each["tolerationSeconds"]);
  return [
    mono(`${key}${value}`),
    muted(
      [text(each["effect"], "every effect"), seconds === undefined ? "" : `for ${seconds} s`]
        .filter(Boolean)
        .join(" "),
    ),
  ];
}

function placement(subject: Subject): Block {
  const { spec, status } = subject;
  const node = str(spec["nodeName"]);
  const { instance, lifecycle, zone } = readMachine(subject.machine?.metadata?.labels);
  const selector = Object.entries(rec(spec["nodeSelector"])).map(([key, value]) => `${key}=${text(value)}`);
  const ips = recs(status["podIPs"]).map((each) => text(each["ip"]));
  return {
    type: "facts",
    title: "Placement",
    facts: [
      ...fact(
        "Node",
        node
          ? [
              ...link(subject, "nodes", node, null),
              muted([instance, lifecycle].filter(Boolean).join(" · ")),
              {
                text: "its pods",
                href: listHref(subject.ref.cluster, "pods", { filter: `node:${node}` }),
                muted: true,
              },
            ]
          : muted("none yet"),
      ),
      ...fact("Zone", zone ? mono(zone) : undefined),
      ...fact("Node selector", ...selector.map(mono)),
      ...fact(
        "Affinity",
        Object.keys(rec(spec["affinity"])).length > 0
          ? Object.keys(rec(spec["affinity"])).join(", ")
          : undefined,
      ),
      ...fact("Service account", link(subject, "serviceaccounts", str(spec["serviceAccountName"]))),
      ...fact("Priority", [
        text(spec["priorityClassName"], "default"),
        muted(`${text(spec["priority"], "0")}`),
      ]),
      ...fact("Quality of service", text(status["qosClass"])),
      ...fact("Pod IP", ...(ips.length > 0 ? ips : [text(status["podIP"])]).filter(Boolean).map(mono)),
      ...fact("Host IP", str(status["hostIP"]) ? mono(text(status["hostIP"])) : undefined),
      ...fact(
        "Host access",
        ["hostNetwork", "hostPID", "hostIPC"].filter((key) => spec[key] === true).join(", "),
      ),
      ...fact("Restart policy", text(spec["restartPolicy"])),
      ...fact("Runtime class", str(spec["runtimeClassName"])),
    ],
  };
}

export function podFacts(subject: Subject): Facts {
  const { spec, status } = subject;
  const volumes = recs(spec["volumes"]).flatMap((each) =>
    fact(text(each["name"], "?"), volumeSource(subject, each)),
  );
  const tolerations = recs(spec["tolerations"]).map((each): Value[] => [toleration(each)]);
  return {
    verdict: podVerdict(subject),
    main: [
      ...schedulingBlock(subject),
      ...containersBlock(subject),
      ...resourcesBlock(subject),
      { type: "events" },
    ],
    side: [
      placement(subject),
      ...conditionsBlock(readConditions(status)),
      { type: "facts", title: "Volumes", facts: volumes },
      { type: "table", title: "Tolerations", columns: [], rows: tolerations },
    ],
  };
}
