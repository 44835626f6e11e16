// Network policies as people say them: who may talk to whom, on which ports.
import type { Facts, Subject, Value, Verdict } from "./model";
import { dig, rec, recs, strings, text, type Rec } from "./read";
import { fact, mono, muted, selector, selectorSpan } from "./spans";

/** `pods app=web in namespaces team=a`, `10.0.0.0/8 except 10.1.0.0/16`. */
export function peerWords(peer: Rec): string {
  const block = rec(peer["ipBlock"]);
  if (block["cidr"] !== undefined) {
    const except = strings(block["except"]);
    return `${text(block["cidr"])}${except.length > 0 ? ` except ${except.join(", ")}` : ""}`;
  }
  const pods = selector(peer["podSelector"]);
  const namespaces = selector(peer["namespaceSelector"]);
  const who = pods ? `pods ${pods.words}` : "every pod";
  if (peer["namespaceSelector"] === undefined) return `${who} of this namespace`;
  return namespaces ? `${who} in namespaces ${namespaces.words}` : `${who} in every namespace`;
}

/** `TCP 8080, TCP 9000–9010`, or every port. */
export function portWords(ports: Rec[]): string {
  if (ports.length === 0) return "every port";
  return ports
    .map((each) => {
      const [protocol, port, end] = [
        text(each["protocol"], "TCP"),
        text(each["port"]),
        text(each["endPort"]),
      ];
      return port === "" ? `every ${protocol} port` : `${protocol} ${port}${end ? `–${end}` : ""}`;
    })
    .join(", ");
}

function rows(rules: Rec[], peers: "from" | "to", word: string): Value[][] {
  return rules.map((rule): Value[] => {
    const list = recs(rule[peers]);
    const who = list.length === 0 ? "anyone" : list.map(peerWords).join(", or ");
    return [word, who, [mono(portWords(recs(rule["ports"])))]];
  });
}

/** Which directions the policy rules, as the API server defaults them. */
function directions(spec: Rec): { ingress: boolean; egress: boolean } {
  const types = strings(spec["policyTypes"]);
  return types.length === 0
    ? { ingress: true, egress: recs(spec["egress"]).length > 0 }
    : { ingress: types.includes("Ingress"), egress: types.includes("Egress") };
}

function sentence(name: string, ruled: boolean, rules: Rec[]): string {
  if (!ruled) return `${name} not ruled here`;
  if (rules.length === 0) return `no ${name} allowed`;
  const open = rules.some((rule) => recs(rule["from"] ?? rule["to"]).length === 0);
  return open ? `${name} open on some ports to anyone` : `${name} only as listed`;
}

export function networkPolicyFacts(subject: Subject): Facts {
  const { spec } = subject;
  const { ingress, egress } = directions(spec);
  const [into, out] = [recs(spec["ingress"]), recs(spec["egress"])];
  const all = selector(spec["podSelector"]) === null;
  const verdict: Verdict = {
    tone: "neutral",
    status: [ingress ? "Ingress" : "", egress ? "Egress" : ""].filter(Boolean).join(", "),
    title: all
      ? "Rules every pod of the namespace"
      : ["Rules pods", ...selectorSpan(subject, spec["podSelector"])],
    detail: [`${sentence("ingress", ingress, into)} · ${sentence("egress", egress, out)}`],
  };
  const table = [
    ...(ingress ? rows(into, "from", "in from") : []),
    ...(egress ? rows(out, "to", "out to") : []),
  ];
  if (ingress && into.length === 0) table.push(["in from", "nobody", muted("–")]);
  if (egress && out.length === 0) table.push(["out to", "nobody", muted("–")]);
  return {
    verdict,
    main: [
      {
        type: "table",
        title: "Allowed",
        columns: ["Traffic", "Peers", "Ports"],
        rows: table,
        note: "policies add up: another one may allow more for the same pods",
      },
      {
        type: "related",
        title: "Pods it rules",
        relations: ["selects", "limits"],
        kinds: ["pods"],
        href: selectorSpan(subject, spec["podSelector"])[0]?.href,
      },
    ],
    side: [
      {
        type: "facts",
        title: "Policy",
        facts: fact(
          "Directions",
          verdict.status,
          dig(spec, "policyTypes") === undefined ? muted("by default") : undefined,
        ),
      },
    ],
  };
}
