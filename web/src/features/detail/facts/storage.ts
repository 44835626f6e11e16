import { formatBytes } from "@/lib/quantity";
import type { Facts, Subject, Value, Verdict } from "./model";
import { amount } from "./amounts";
import { conditionsBlock, readConditions } from "./conditions";
import { lastWarning } from "./last-warning";
import { dig, pairs, rec, recs, str, strings, text } from "./read";
import { fact, link, mono, muted, objectSpan } from "./spans";

const bytes = (quantity: unknown): string => {
  const value = amount("memory", quantity);
  return value === undefined ? "" : formatBytes(value);
};

const MODES: Record<string, string> = {
  ReadWriteOnce: "one node reads and writes",
  ReadOnlyMany: "many nodes read",
  ReadWriteMany: "many nodes read and write",
  ReadWriteOncePod: "one pod reads and writes",
};
const modes = (value: unknown): Value[] =>
  strings(value).map((mode): Value => [mono(mode), muted(MODES[mode] ?? "")]);

/** Binding may take this many seconds before it is worth a warning; as the server's list judges. */
const BINDING = 300;

const isFresh = ({ object, nowSeconds }: Subject): boolean =>
  nowSeconds - Date.parse(object.metadata?.creationTimestamp ?? "") / 1000 < BINDING;

function claimVerdict(subject: Subject): Verdict {
  const { spec, status } = subject;
  const phase = text(status["phase"], "Unknown");
  const have = bytes(dig(status, "capacity", "storage"));
  const want = bytes(dig(spec, "resources", "requests", "storage"));
  const resizing = readConditions(status).find((each) => /Resiz/.test(each.type) && each.status === "True");
  if (phase === "Lost")
    return { tone: "danger", status: phase, title: "Lost: its volume is gone", detail: [] };
  if (phase === "Pending")
    return {
      tone: isFresh(subject) ? "notice" : "warning",
      status: phase,
      title: "Not bound yet",
      detail: [lastWarning(subject) ?? "with WaitForFirstConsumer it waits for a pod, on purpose"],
    };
  if (resizing)
    return {
      tone: "notice",
      status: "Resizing",
      title: `Growing from ${have} to ${want}`,
      detail: [resizing.message ?? ""],
    };
  return {
    tone: phase === "Bound" ? "ok" : "unknown",
    status: phase,
    title: `${phase}, ${have || want}`,
    detail: have !== "" && want !== "" && have !== want ? [`asked for ${want}`] : [],
  };
}

export function claimFacts(subject: Subject): Facts {
  const { spec, status } = subject;
  return {
    verdict: claimVerdict(subject),
    main: [{ type: "related", title: "Used by", relations: ["used by"] }, { type: "events" }],
    side: [
      {
        type: "facts",
        title: "Claim",
        facts: [
          ...fact("Volume", link(subject, "persistentvolumes", str(spec["volumeName"]), null)),
          ...fact(
            "Class",
            link(subject, "storageclasses.storage.k8s.io", str(spec["storageClassName"]), null),
          ),
          ...fact("Asked for", bytes(dig(spec, "resources", "requests", "storage"))),
          ...fact("Capacity", bytes(dig(status, "capacity", "storage"))),
          ...fact("Access", ...modes(spec["accessModes"])),
          ...fact("Mode", text(spec["volumeMode"])),
        ],
      },
      ...conditionsBlock(readConditions(status)),
    ],
  };
}

function volumeSource(spec: Record<string, unknown>): Value[] {
  const csi = rec(spec["csi"]);
  if (csi["driver"] !== undefined)
    return [[muted("CSI"), mono(text(csi["driver"]))], mono(text(csi["volumeHandle"]))];
  const nfs = rec(spec["nfs"]);
  if (nfs["server"] !== undefined)
    return [[muted("NFS"), mono(`${text(nfs["server"])}:${text(nfs["path"])}`)]];
  const ebs = rec(spec["awsElasticBlockStore"]);
  if (ebs["volumeID"] !== undefined) return [[muted("EBS (in-tree)"), mono(text(ebs["volumeID"]))]];
  const local = str(dig(spec, "hostPath", "path")) ?? str(dig(spec, "local", "path"));
  return local ? [[muted("path on a node"), mono(local)]] : [];
}

export function volumeFacts(subject: Subject): Facts {
  const { spec, status, ref } = subject;
  const phase = text(status["phase"], "Unknown");
  const claim = rec(spec["claimRef"]);
  const name = str(claim["name"]);
  const released =
    phase === "Released"
      ? [`its claim is gone; reclaim policy ${text(spec["persistentVolumeReclaimPolicy"])} keeps the data`]
      : [];
  const tone = { Bound: "ok", Available: "ok", Released: "warning", Failed: "danger" }[phase] as
    Verdict["tone"] | undefined;
  const terms = recs(dig(spec, "nodeAffinity", "required", "nodeSelectorTerms")).flatMap((term) =>
    recs(term["matchExpressions"]),
  );
  return {
    verdict: {
      tone: tone ?? "unknown",
      status: phase,
      title: `${phase}, ${bytes(dig(spec, "capacity", "storage"))}`,
      detail: [...released, ...(str(status["message"]) ? [text(status["message"])] : [])],
    },
    main: [{ type: "related", title: "Used by", relations: ["bound to", "used by"] }, { type: "events" }],
    side: [
      {
        type: "facts",
        title: "Volume",
        facts: [
          ...fact(
            "Claim",
            name
              ? [
                  muted(`${text(claim["namespace"])} /`),
                  objectSpan({
                    cluster: ref.cluster,
                    kind: "persistentvolumeclaims",
                    namespace: text(claim["namespace"]),
                    name,
                  }),
                ]
              : undefined,
          ),
          ...fact(
            "Class",
            link(subject, "storageclasses.storage.k8s.io", str(spec["storageClassName"]), null),
          ),
          ...fact("When released", text(spec["persistentVolumeReclaimPolicy"])),
          ...fact("Access", ...modes(spec["accessModes"])),
          ...fact("Mode", text(spec["volumeMode"])),
          ...fact("Source", ...volumeSource(spec)),
          ...fact(
            "Only on",
            ...terms.map((each): Value =>
              mono(
                `${text(each["key"])} ${text(each["operator"]).toLowerCase()} ${strings(each["values"]).join(", ")}`,
              ),
            ),
          ),
          ...fact("Mount options", strings(spec["mountOptions"]).join(", ")),
        ],
      },
    ],
  };
}

export function storageClassFacts(subject: Subject): Facts {
  const root = rec(subject.object);
  const standard =
    dig(subject.object.metadata?.annotations, "storageclass.kubernetes.io/is-default-class") === "true";
  const waits = root["volumeBindingMode"] === "WaitForFirstConsumer";
  return {
    verdict: {
      tone: "neutral",
      status: standard ? "Default" : "Class",
      title: standard ? "The default class" : "A storage class",
      detail: [
        waits
          ? "a volume is made when a pod needs it, in the pod's zone"
          : "a volume is made as soon as it is claimed, in any zone",
      ],
    },
    main: [
      {
        type: "table",
        title: "Parameters",
        columns: ["Parameter", "Value"],
        rows: pairs(root["parameters"]).map(([key, value]): Value[] => [mono(key), mono(value)]),
        empty: "none",
      },
      { type: "related", title: "Volumes and claims", relations: ["used by"] },
    ],
    side: [
      {
        type: "facts",
        title: "Class",
        facts: [
          ...fact("Provisioner", mono(text(root["provisioner"]))),
          ...fact("When released", text(root["reclaimPolicy"], "Delete")),
          ...fact("Binding", text(root["volumeBindingMode"], "Immediate")),
          ...fact("Can grow", root["allowVolumeExpansion"] === true ? "yes" : "no"),
          ...fact("Mount options", strings(root["mountOptions"]).join(", ")),
        ],
      },
    ],
  };
}
