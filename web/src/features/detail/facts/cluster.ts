// Namespaces, quotas, limits, events and definitions.
import { listHref } from "@/lib/place";
import { plural } from "@/lib/quantity";
import type { Facts, Gauge, Subject, Value, Verdict } from "./model";
import { amount, ratioText } from "./amounts";
import { conditionsBlock, findCondition, readConditions } from "./conditions";
import { count, dig, pairs, rec, recs, str, strings, text } from "./read";
import { fact, mono, muted, objectSpan, since } from "./spans";

export function namespaceFacts(subject: Subject): Facts {
  const phase = text(subject.status["phase"], "Unknown");
  const held = readConditions(subject.status).filter((each) => each.status === "True");
  const verdict: Verdict =
    phase === "Terminating"
      ? {
          tone: "warning",
          status: phase,
          title: ["Terminating", ...since(subject.object.metadata?.deletionTimestamp, "for")],
          detail: held.map((each) => each.message ?? each.type),
        }
      : { tone: phase === "Active" ? "ok" : "unknown", status: phase, title: phase, detail: [] };
  const security = pairs(subject.object.metadata?.labels).filter(([key]) =>
    key.startsWith("pod-security.kubernetes.io/"),
  );
  return {
    verdict,
    main: [
      { type: "counts", title: "Holds" },
      { type: "related", title: "Quotas and limits", relations: ["limited by"] },
      { type: "events" },
    ],
    side: [
      {
        type: "facts",
        title: "Pod security",
        facts: security.flatMap(([key, value]) => fact(key.split("/")[1] ?? key, value)),
      },
      ...conditionsBlock(readConditions(subject.status)),
    ],
  };
}

const unitOf = (resource: string) =>
  /memory|storage/.test(resource)
    ? ("memory" as const)
    : /cpu/.test(resource)
      ? ("cpu" as const)
      : ("count" as const);

export function quotaFacts(subject: Subject): Facts {
  const hard = pairs(subject.status["hard"] ?? subject.spec["hard"]);
  const used = rec(subject.status["used"]);
  const items = hard.flatMap(([resource, limit]): Gauge[] => {
    const unit = unitOf(resource);
    const [total, now] = [amount(unit, limit), amount(unit, used[resource])];
    if (total === undefined) return [];
    const share = total === 0 ? 1 : (now ?? 0) / total;
    return [
      {
        label: resource,
        unit,
        total,
        used: now ?? null,
        tone: share >= 1 ? "danger" : share >= 0.85 ? "warning" : "accent",
        text: now === undefined ? "not counted yet" : ratioText(unit, now, total),
      },
    ];
  });
  const full = items.filter((each) => each.tone === "danger").map((each) => each.label);
  const near = items.filter((each) => each.tone === "warning").map((each) => each.label);
  const verdict: Verdict =
    full.length > 0
      ? {
          tone: "danger",
          status: "Full",
          title: `Full: ${full.join(", ")}`,
          detail: ["whatever needs more of it is refused"],
        }
      : near.length > 0
        ? { tone: "warning", status: "Nearly full", title: `Nearly full: ${near.join(", ")}`, detail: [] }
        : { tone: "ok", status: "Room", title: `Room in all ${plural(items.length, "limit")}`, detail: [] };
  const scopes = [
    ...strings(subject.spec["scopes"]),
    ...recs(dig(subject.spec, "scopeSelector", "matchExpressions")).map(
      (each) => `${text(each["scopeName"])} ${text(each["operator"])} ${strings(each["values"]).join(", ")}`,
    ),
  ];
  return {
    verdict,
    main: [{ type: "gauges", title: "Used", items }],
    side: [{ type: "facts", title: "Counts only", facts: fact("Scopes", ...scopes.map(mono)) }],
  };
}

export function limitRangeFacts(subject: Subject): Facts {
  const limits = recs(subject.spec["limits"]);
  const rows = limits.flatMap((limit) => {
    const resources = new Set(
      ["default", "defaultRequest", "min", "max"].flatMap((key) => Object.keys(rec(limit[key]))),
    );
    const at = (key: string, resource: string): Value =>
      str(dig(limit, key, resource)) ? mono(text(dig(limit, key, resource))) : muted("–");
    return [...resources].map((resource): Value[] => [
      text(limit["type"]),
      resource,
      at("min", resource),
      at("defaultRequest", resource),
      at("default", resource),
      at("max", resource),
    ]);
  });
  return {
    verdict: {
      tone: "neutral",
      status: plural(rows.length, "limit"),
      title: "Bounds and defaults for what is created here",
      detail: ["pods that exist already are not touched"],
    },
    main: [
      {
        type: "table",
        title: "Limits",
        columns: ["For each", "Resource", "Least", "Request", "Limit", "Most"],
        rows,
        empty: "none",
      },
    ],
    side: [],
  };
}

export function eventFacts(subject: Subject): Facts {
  const root = rec(subject.object);
  const about = rec(root["involvedObject"] ?? root["regarding"]);
  const warning = text(root["type"]) === "Warning";
  const last =
    str(root["lastTimestamp"]) ?? str(dig(root, "series", "lastObservedTime")) ?? str(root["eventTime"]);
  const first = str(root["firstTimestamp"]) ?? str(root["eventTime"]);
  const times = Math.max(count(root["count"]), count(dig(root, "series", "count")), 1);
  const target = objectSpan({
    cluster: subject.ref.cluster,
    kind: subject.kindId(text(about["apiVersion"]), text(about["kind"])),
    namespace: str(about["namespace"]) ?? null,
    name: text(about["name"]),
  });
  return {
    verdict: {
      tone: warning ? "warning" : "neutral",
      status: text(root["reason"]),
      title: text(root["reason"], "Event"),
      detail: [
        text(root["message"] ?? root["note"]),
        [...since(last), `ago, ${times === 1 ? "once" : `${times} times`}`],
      ],
    },
    main: [
      {
        type: "facts",
        title: "Event",
        facts: [
          ...fact("About", [muted(text(about["kind"])), target]),
          ...fact("Part", str(about["fieldPath"]) ? mono(text(about["fieldPath"])) : undefined),
          ...fact("Type", text(root["type"])),
          ...fact("First seen", first ? [...since(first), "ago"] : undefined),
          ...fact("Last seen", last ? [...since(last), "ago"] : undefined),
          ...fact("Times", String(times)),
          ...fact("Source", [
            text(dig(root, "source", "component") ?? root["reportingComponent"]),
            muted(text(dig(root, "source", "host") ?? root["reportingInstance"])),
          ]),
          ...fact("Action", str(root["action"])),
        ],
      },
    ],
    side: [],
  };
}

export function definitionFacts(subject: Subject): Facts {
  const { spec, status } = subject;
  const versions = recs(spec["versions"]);
  const names = rec(spec["names"]);
  const established = findCondition(status, "Established")?.status === "True";
  const stored = versions.find((each) => each["storage"] === true);
  const old = strings(status["storedVersions"]).filter((name) => name !== stored?.["name"]);
  const columns = recs(stored?.["additionalPrinterColumns"]).map((each): Value[] => [
    text(each["name"]),
    text(each["type"]),
    mono(text(each["jsonPath"])),
    text(each["description"], "–"),
  ]);
  return {
    verdict: {
      tone: established ? "ok" : "warning",
      status: established ? "Established" : "Not established",
      title: [
        { text: `${text(names["kind"])} objects`, href: listHref(subject.ref.cluster, subject.ref.name) },
        muted(spec["scope"] === "Cluster" ? "of the cluster" : "in namespaces"),
      ],
      detail:
        old.length > 0
          ? [`objects may still be stored as ${old.join(", ")}: migrate them before that version goes`]
          : [],
    },
    main: [
      {
        type: "table",
        title: "Versions",
        columns: ["Version", "Served", "Stored", ""],
        rows: versions.map((each): Value[] => [
          mono(text(each["name"])),
          each["served"] === true ? "yes" : muted("no"),
          each["storage"] === true ? "yes" : muted("no"),
          each["deprecated"] === true
            ? { text: text(each["deprecationWarning"], "deprecated"), tone: "warning" }
            : "",
        ]),
      },
      {
        type: "table",
        title: "Columns",
        columns: ["Name", "Type", "Path", "Meaning"],
        rows: columns,
        empty: "only name and age",
      },
    ],
    side: [
      {
        type: "facts",
        title: "Names",
        facts: [
          ...fact("Group", mono(text(spec["group"]))),
          ...fact("Plural", mono(text(names["plural"]))),
          ...fact("Short", strings(names["shortNames"]).join(", ")),
          ...fact("Categories", strings(names["categories"]).join(", ")),
          ...fact("Conversion", text(dig(spec, "conversion", "strategy"))),
        ],
      },
      ...conditionsBlock(readConditions(status)),
    ],
  };
}
