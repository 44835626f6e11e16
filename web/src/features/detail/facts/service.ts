import { plural } from "@/lib/quantity";
import type { Block, Facts, Subject, Value, Verdict } from "./model";
import { lastWarning } from "./last-warning";
import { podsBehind } from "./pods-behind";
import { count, dig, num, rec, recs, str, strings, text } from "./read";
import { fact, link, mono, muted, selector, selectorSpan } from "./spans";

function serviceVerdict(subject: Subject): Verdict {
  const { spec, status, related } = subject;
  const type = text(spec["type"], "ClusterIP");
  if (type === "ExternalName")
    return {
      tone: "neutral",
      status: type,
      title: ["An alias of", mono(text(spec["externalName"]))],
      detail: [],
    };
  const addresses = recs(dig(status, "loadBalancer", "ingress"));
  if (type === "LoadBalancer" && addresses.length === 0) {
    return {
      tone: "notice",
      status: "Pending",
      title: "The load balancer has no address yet",
      detail: [lastWarning(subject) ?? "its controller has not reported one"],
    };
  }
  const where = addresses.map((each) => text(each["hostname"] ?? each["ip"])).join(", ");
  const headless = spec["clusterIP"] === "None";
  const title: Value = headless
    ? "Headless: names resolve to the pods themselves"
    : type === "LoadBalancer"
      ? ["Reachable at", mono(where)]
      : [
          "Reachable at",
          mono(text(spec["clusterIP"], "no address")),
          muted(type === "NodePort" ? "and on every node" : "inside the cluster"),
        ];
  const pods = selector(spec["selector"]) ? podsBehind(related) : null;
  if (pods?.total === 0)
    return { tone: "warning", status: "No endpoints", title: "No pod matches its selector", detail: [title] };
  if (pods?.ready === 0)
    return {
      tone: "danger",
      status: "No endpoints",
      title:
        pods.total === 1 ? "Its only pod is not ready" : `None of its ${plural(pods.total, "pod")} is ready`,
      detail: [...(pods.trouble ? [pods.trouble] : []), title],
    };
  return {
    tone: "ok",
    status: headless ? "Headless" : type,
    title,
    detail: selector(spec["selector"]) ? [] : ["no selector: its endpoints are kept by somebody else"],
  };
}

export function serviceFacts(subject: Subject): Facts {
  const { spec, status } = subject;
  const ports = recs(spec["ports"]).map((each): Value[] => [
    mono(text(each["name"], "–")),
    mono(`${text(each["port"])}/${text(each["protocol"], "TCP")}`),
    mono(text(each["targetPort"], text(each["port"]))),
    num(each["nodePort"]) ? mono(text(each["nodePort"])) : muted("–"),
    text(each["appProtocol"], "–"),
  ]);
  const balancer = recs(dig(status, "loadBalancer", "ingress")).map((each) =>
    mono(text(each["hostname"] ?? each["ip"])),
  );
  return {
    verdict: serviceVerdict(subject),
    main: [
      {
        type: "related",
        title: "Endpoints",
        relations: ["routes to", "selects"],
        kinds: ["pods"],
        href: selectorSpan(subject, spec["selector"])[0]?.href,
      },
      {
        type: "table",
        title: "Ports",
        columns: ["Name", "Port", "Target", "Node port", "Protocol"],
        rows: ports,
        empty: "none",
      },
      { type: "related", title: "Reached from", relations: ["routed from"] },
      { type: "events" },
    ],
    side: [
      {
        type: "facts",
        title: "Service",
        facts: [
          ...fact("Type", text(spec["type"])),
          ...fact("Selector", selectorSpan(subject, spec["selector"])),
          ...fact("Cluster IPs", ...strings(spec["clusterIPs"]).map(mono)),
          ...fact("External IPs", ...strings(spec["externalIPs"]).map(mono)),
          ...fact("Load balancer", ...balancer),
          ...fact("Balancer class", str(spec["loadBalancerClass"])),
          ...fact(
            "Allowed from",
            strings(spec["loadBalancerSourceRanges"]).length > 0
              ? mono(strings(spec["loadBalancerSourceRanges"]).join(", "))
              : undefined,
          ),
          ...fact("External traffic", str(spec["externalTrafficPolicy"])),
          ...fact("Internal traffic", str(spec["internalTrafficPolicy"])),
          ...fact(
            "Stickiness",
            text(spec["sessionAffinity"]) === "None" ? undefined : str(spec["sessionAffinity"]),
          ),
          ...fact("IP families", strings(spec["ipFamilies"]).join(", ")),
          ...fact(
            "Not ready too",
            spec["publishNotReadyAddresses"] === true
              ? "addresses of pods that are not ready are published"
              : undefined,
          ),
        ],
      },
    ],
  };
}

export function endpointSliceFacts(subject: Subject): Facts {
  const root = rec(subject.object);
  const endpoints = recs(root["endpoints"]);
  const ready = endpoints.filter((each) => dig(each, "conditions", "ready") !== false).length;
  const rows = endpoints.slice(0, 200).map((each): Value[] => {
    const up = dig(each, "conditions", "ready") !== false;
    const going = dig(each, "conditions", "terminating") === true;
    const pod = dig(each, "targetRef", "kind") === "Pod" ? str(dig(each, "targetRef", "name")) : undefined;
    return [
      [{ text: up ? "ready" : going ? "terminating" : "not ready", tone: up ? "ok" : "warning" }],
      mono(strings(each["addresses"]).join(", ")),
      pod ? link(subject, "pods", pod) : muted("–"),
      link(subject, "nodes", str(each["nodeName"]), null),
      text(each["zone"], "–"),
    ];
  });
  const owner = str(dig(subject.object.metadata?.labels, "kubernetes.io/service-name"));
  const block: Block = {
    type: "table",
    title: "Endpoints",
    columns: ["State", "Address", "Pod", "Node", "Zone"],
    rows,
    empty: "none: nothing answers here",
    ...(endpoints.length > 200 ? { note: `the first 200 of ${endpoints.length}` } : {}),
  };
  return {
    verdict: {
      tone: endpoints.length === 0 || ready === 0 ? "warning" : "ok",
      status: `${ready}/${endpoints.length} ready`,
      title:
        endpoints.length === 0
          ? "No endpoints: nothing answers here"
          : `${ready} of ${endpoints.length} endpoints ready`,
      detail: [],
    },
    main: [block],
    side: [
      {
        type: "facts",
        title: "Slice",
        facts: [
          ...fact("Service", link(subject, "services", owner)),
          ...fact("Addresses", text(root["addressType"])),
          ...fact(
            "Ports",
            ...recs(root["ports"]).map((each): Value => [
              mono(`${text(each["port"])}/${text(each["protocol"], "TCP")}`),
              muted(text(each["name"])),
            ]),
          ),
        ],
      },
    ],
  };
}

interface Backend {
  words: string;
  value: Value;
}

function backend(subject: Subject, from: unknown): Backend {
  const service = rec(dig(from, "service"));
  const port = text(dig(service, "port", "name") ?? dig(service, "port", "number"));
  const name = str(service["name"]);
  if (name)
    return { words: `${name}:${port}`, value: [...link(subject, "services", name), mono(`:${port}`)] };
  const resource = rec(dig(from, "resource"));
  return {
    words: text(resource["name"]),
    value: [muted(text(resource["kind"])), mono(text(resource["name"]))],
  };
}

export function ingressFacts(subject: Subject): Facts {
  const { spec, status } = subject;
  const rules = recs(spec["rules"]);
  const rows = rules.flatMap((rule) =>
    recs(dig(rule, "http", "paths")).map((each): Value[] => [
      mono(text(rule["host"], "any host")),
      [mono(text(each["path"], "/")), muted(text(each["pathType"]) === "Exact" ? "exactly" : "")],
      backend(subject, each["backend"]).value,
    ]),
  );
  if (spec["defaultBackend"] !== undefined)
    rows.push([mono("any host"), muted("everything else"), backend(subject, spec["defaultBackend"]).value]);
  const tls = recs(spec["tls"]).map((each): Value[] => [
    strings(each["hosts"]).join(", ") || "any host",
    link(subject, "secrets", str(each["secretName"])).length > 0
      ? link(subject, "secrets", str(each["secretName"]))
      : muted("the controller's certificate"),
  ]);
  const addresses = recs(dig(status, "loadBalancer", "ingress")).map((each) =>
    text(each["hostname"] ?? each["ip"]),
  );
  const hosts = new Set(rules.map((rule) => text(rule["host"], "any host")));
  const covered = new Set(recs(spec["tls"]).flatMap((each) => strings(each["hosts"])));
  const bare = [...hosts].filter((host) => !covered.has(host));
  const verdict: Verdict =
    addresses.length === 0
      ? {
          tone: "warning",
          status: "No address",
          title: "No controller has given this ingress an address",
          detail: [lastWarning(subject) ?? "check its class, and whether a controller serves that class"],
        }
      : {
          tone: "ok",
          status: `${hosts.size} ${hosts.size === 1 ? "host" : "hosts"}`,
          title: [
            `${[...hosts].slice(0, 3).join(", ")}${hosts.size > 3 ? ` and ${hosts.size - 3} more` : ""} at`,
            mono(addresses.join(", ")),
          ],
          detail: bare.length > 0 ? [`without TLS: ${bare.join(", ")}`] : [],
        };
  return {
    verdict,
    main: [
      { type: "table", title: "Rules", columns: ["Host", "Path", "Service"], rows, empty: "none" },
      {
        type: "table",
        title: "TLS",
        columns: ["Hosts", "Certificate"],
        rows: tls,
        empty: "none: served in the clear, unless the load balancer ends TLS",
      },
      { type: "events" },
    ],
    side: [
      {
        type: "facts",
        title: "Ingress",
        facts: [
          ...fact(
            "Class",
            link(
              subject,
              "ingressclasses.networking.k8s.io",
              str(spec["ingressClassName"]) ??
                str(dig(subject.object.metadata?.annotations, "kubernetes.io/ingress.class")),
              null,
            ),
          ),
          ...fact("Addresses", ...addresses.map(mono)),
          ...fact("Paths", String(rows.length - (spec["defaultBackend"] === undefined ? 0 : 1))),
          ...fact("Hosts", String(count(hosts.size))),
        ],
      },
    ],
  };
}
