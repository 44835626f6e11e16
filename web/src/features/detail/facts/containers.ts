import type { Block, ContainerFacts, Fact, Gauge, Subject, Value } from "./model";
import { amount, usageGauge } from "./amounts";
import { containerState, lastState, podContainers, type PodContainer } from "./container-state";
import { count, dig, num, rec, recs, str, strings, text, type Rec } from "./read";
import { fact, link, mono, muted } from "./spans";

function probe(value: unknown): Value | undefined {
  const from = rec(value);
  const { httpGet, tcpSocket, exec, grpc } = from;
  const how =
    httpGet !== undefined
      ? `${text(dig(httpGet, "scheme"), "HTTP").toLowerCase()} get :${text(dig(httpGet, "port"))}${text(dig(httpGet, "path"), "/")}`
      : tcpSocket !== undefined
        ? `tcp :${text(dig(tcpSocket, "port"))}`
        : grpc !== undefined
          ? `grpc :${text(dig(grpc, "port"))} ${text(dig(grpc, "service"))}`.trim()
          : exec !== undefined
            ? `exec ${strings(dig(exec, "command")).join(" ")}`
            : undefined;
  if (how === undefined) return undefined;
  const delay = num(from["initialDelaySeconds"]);
  const rest = [
    `every ${num(from["periodSeconds"]) ?? 10}s`,
    ...(delay ? [`after ${delay}s`] : []),
    `timeout ${num(from["timeoutSeconds"]) ?? 1}s`,
    `fails after ${num(from["failureThreshold"]) ?? 3}`,
  ];
  return [mono(how), muted(rest.join(", "))];
}

function envSource(subject: Subject, each: Rec): Value {
  const from = rec(each["valueFrom"]);
  const name = mono(`${text(each["name"])} =`);
  const config = rec(from["configMapKeyRef"]);
  const secret = rec(from["secretKeyRef"]);
  if (str(config["name"]))
    return [
      name,
      muted("config map"),
      ...link(subject, "configmaps", str(config["name"])),
      mono(text(config["key"])),
    ];
  if (str(secret["name"]))
    return [
      name,
      muted("secret"),
      ...link(subject, "secrets", str(secret["name"])),
      mono(text(secret["key"])),
    ];
  const field = str(dig(from, "fieldRef", "fieldPath")) ?? str(dig(from, "resourceFieldRef", "resource"));
  return field ? [name, muted("field"), mono(field)] : [name, mono(text(each["value"], '""'))];
}

function envFrom(subject: Subject, each: Rec): Value {
  const prefix = str(each["prefix"]);
  const tail = prefix ? [muted(`with the prefix ${prefix}`)] : [];
  const config = str(dig(each, "configMapRef", "name"));
  if (config) return [muted("all of config map"), ...link(subject, "configmaps", config), ...tail];
  return [muted("all of secret"), ...link(subject, "secrets", str(dig(each, "secretRef", "name"))), ...tail];
}

const port = (each: Rec): Value => {
  const name = str(each["name"]);
  const host = num(each["hostPort"]);
  return [
    mono(`${text(each["containerPort"])}/${text(each["protocol"], "TCP")}`),
    muted([name, host ? `host port ${host}` : ""].filter(Boolean).join(", ")),
  ];
};

const mount = (each: Rec): Value => [
  mono(text(each["mountPath"])),
  muted(
    `from ${text(each["name"])}${str(each["subPath"]) ? `/${text(each["subPath"])}` : ""}${each["readOnly"] === true ? ", read-only" : ""}`,
  ),
];

function security(value: unknown): string[] {
  const from = rec(value);
  const drop = strings(dig(from, "capabilities", "drop"));
  const add = strings(dig(from, "capabilities", "add"));
  return [
    from["privileged"] === true ? "privileged" : "",
    from["runAsUser"] !== undefined ? `user ${text(from["runAsUser"])}` : "",
    from["runAsNonRoot"] === true ? "non-root" : "",
    from["readOnlyRootFilesystem"] === true ? "read-only root" : "",
    from["allowPrivilegeEscalation"] === false ? "no escalation" : "",
    drop.length > 0 ? `drops ${drop.join(", ")}` : "",
    add.length > 0 ? `adds ${add.join(", ")}` : "",
  ].filter(Boolean);
}

function details(subject: Subject, container: Rec, status: Rec): Fact[] {
  const words = [...strings(container["command"]), ...strings(container["args"])];
  const amounts = (kind: string) =>
    Object.entries(rec(dig(container, "resources", kind)))
      .map(([name, each]) => `${name} ${text(each)}`)
      .join(", ");
  return [
    ...fact("Image", mono(text(container["image"]))),
    ...fact("Running image", str(status["imageID"]) ? mono(text(status["imageID"])) : undefined),
    ...fact("Pull policy", text(container["imagePullPolicy"])),
    ...fact("Command", words.length > 0 ? mono(words.join(" ")) : undefined),
    ...fact("Ports", ...recs(container["ports"]).map(port)),
    ...fact(
      "Requests",
      amounts("requests") ? mono(amounts("requests")) : muted("none: scheduled anywhere, evicted first"),
    ),
    ...fact("Limits", amounts("limits") ? mono(amounts("limits")) : muted("none")),
    ...fact("Startup probe", probe(container["startupProbe"])),
    ...fact("Readiness probe", probe(container["readinessProbe"])),
    ...fact("Liveness probe", probe(container["livenessProbe"])),
    ...fact(
      "Environment",
      ...recs(container["envFrom"]).map((each) => envFrom(subject, each)),
      ...recs(container["env"]).map((each) => envSource(subject, each)),
    ),
    ...fact("Mounts", ...recs(container["volumeMounts"]).map(mount)),
    ...fact("Security", security(container["securityContext"]).join(" · ")),
  ];
}

function containerFacts(
  subject: Subject,
  { role, spec, status }: PodContainer,
  template: boolean,
): ContainerFacts {
  const state = template ? null : containerState(status, role === "init" || role === "sidecar");
  return {
    name: text(spec["name"], "?"),
    role,
    image: text(spec["image"], "?"),
    tone: template ? "neutral" : (state?.tone ?? "unknown"),
    state: template ? undefined : (state?.value ?? "not started"),
    message: state?.message,
    last: template ? undefined : lastState(status),
    restarts: count(status["restartCount"]),
    facts: details(subject, spec, status),
  };
}

/** The containers of a pod, with their states. */
export function containersBlock(subject: Subject): Block[] {
  const items = podContainers(subject.spec, subject.status).map((each) =>
    containerFacts(subject, each, false),
  );
  return items.length > 0 ? [{ type: "containers", title: "Containers", items }] : [];
}

/** The containers a template would make. */
export function templateBlock(subject: Subject, podSpec: Rec): Block[] {
  const items = podContainers(podSpec).map((each) => containerFacts(subject, each, true));
  return items.length > 0 ? [{ type: "containers", title: "Pod template", items }] : [];
}

/** Use, request and limit of each running container, in one bar each. */
export function resourcesBlock(subject: Subject): Block[] {
  const running = podContainers(subject.spec, subject.status).filter(
    ({ role }) => role === "container" || role === "sidecar",
  );
  const items = running.flatMap(({ spec }): Gauge[] => {
    const name = text(spec["name"]);
    const use = subject.metrics?.containers.find((each) => each.name === name);
    const bound = (kind: string, unit: "cpu" | "memory") => amount(unit, dig(spec, "resources", kind, unit));
    const measured = (value: number | undefined) => (subject.metrics === undefined ? null : (value ?? null));
    const label = (what: string) => (running.length > 1 ? `${name} ${what}` : what);
    return [
      usageGauge(label("memory"), "memory", {
        used: measured(use?.memory),
        request: bound("requests", "memory"),
        limit: bound("limits", "memory"),
      }),
      usageGauge(label("CPU"), "cpu", {
        used: measured(use?.cpu),
        request: bound("requests", "cpu"),
        limit: bound("limits", "cpu"),
      }),
    ].filter((gauge): gauge is Gauge => gauge !== null);
  });
  const note = subject.metrics ? `measured over ${subject.metrics.windowSeconds} s` : undefined;
  return items.length > 0 ? [{ type: "gauges", title: "Resources", items, note }] : [];
}
