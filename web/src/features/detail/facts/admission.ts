// Admission webhooks and priority classes.
import type { Facts, Subject, Value, Verdict } from "./model";
import { dig, num, rec, recs, str, strings, text, type Rec } from "./read";
import { fact, link, mono, muted, selector } from "./spans";

function target(subject: Subject, hook: Rec): Value {
  const service = rec(dig(hook, "clientConfig", "service"));
  const name = str(service["name"]);
  if (!name) return mono(text(dig(hook, "clientConfig", "url"), "–"));
  const namespace = text(service["namespace"]);
  return [
    muted(`${namespace} /`),
    ...link(subject, "services", name, namespace),
    mono(text(service["path"])),
  ];
}

const ruleWords = (rule: Rec): string =>
  `${strings(rule["operations"]).join(", ").toLowerCase()} ${strings(rule["resources"]).join(", ")}`;

/** Who is asked before what is written, and what happens when they do not answer. */
export function webhookFacts(subject: Subject): Facts {
  const hooks = recs(rec(subject.object)["webhooks"]);
  const strict = hooks.filter((each) => text(each["failurePolicy"], "Fail") === "Fail");
  const verdict: Verdict = {
    tone: "neutral",
    status: `${hooks.length} ${hooks.length === 1 ? "webhook" : "webhooks"}`,
    title:
      hooks.length === 0
        ? "Asks nobody"
        : strict.length > 0
          ? `${strict.length} of ${hooks.length} refuse writes when they do not answer`
          : "Writes go on when they do not answer",
    detail: [],
  };
  const rows = hooks.map((each): Value[] => {
    const only = selector(each["namespaceSelector"]);
    return [
      mono(text(each["name"])),
      target(subject, each),
      [recs(each["rules"]).map(ruleWords).join("; "), muted(only ? `in namespaces ${only.words}` : "")],
      text(each["failurePolicy"], "Fail") === "Fail" ? { text: "refused", tone: "warning" } : "let through",
      mono(`${num(each["timeoutSeconds"]) ?? 10} s`),
    ];
  });
  return {
    verdict,
    main: [
      {
        type: "table",
        title: "Webhooks",
        columns: ["Name", "Asks", "Before", "Without answer", "Timeout"],
        rows,
        empty: "none",
      },
    ],
    side: [],
  };
}

export function priorityClassFacts(subject: Subject): Facts {
  const root = rec(subject.object);
  const preempts = text(root["preemptionPolicy"], "PreemptLowerPriority") !== "Never";
  const standard = root["globalDefault"] === true;
  return {
    verdict: {
      tone: "neutral",
      status: standard ? "Default" : "Class",
      title: [
        `Priority ${text(root["value"], "0")}`,
        muted(standard ? "for every pod that names no class" : ""),
      ],
      detail: [
        preempts ? "its pods may push out pods of lower priority" : "its pods wait for room",
        text(root["description"]),
      ],
    },
    main: [{ type: "related", title: "Used by", relations: ["used by"] }],
    side: [{ type: "facts", title: "Class", facts: fact("Preemption", text(root["preemptionPolicy"])) }],
  };
}
