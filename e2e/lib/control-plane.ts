import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe } from "vitest";
import { Authority, type Certificate } from "./certificates";
import { Daemon } from "./daemon";
import { Folder } from "./folder";
import { Kube, type KubeObject } from "./kube";
import { base64, kubeconfig, type KubeconfigUser, type Target } from "./kubeconfig";
import { Kubectl } from "./kubectl";
import { freePorts } from "./ports";
import { controlPlaneFolder } from "./tools";

/** Tests that need the real API server: skipped, and reported as skipped, where it could not be built. */
export const describeControlPlane = describe.skipIf(controlPlaneFolder === null);

export interface ControlPlaneOptions {
  /** Which controllers run, as kube-controller-manager names them: all, or few for a quick start; none if not given. */
  controllers?: "*" | string[];
  scheduler?: boolean;
  /** Whether the API server writes its own audit log (`auditLog`). */
  audited?: boolean;
}

/** One event of the API server's audit log (audit.k8s.io/v1), as far as tests read it. */
export interface AuditEvent {
  auditID: string;
  verb: string;
  requestURI: string;
  user: { username: string };
  impersonatedUser?: { username: string; groups?: string[] };
  objectRef?: {
    apiGroup?: string;
    resource?: string;
    subresource?: string;
    namespace?: string;
    name?: string;
  };
  responseStatus?: { code: number };
}

/** Every request, once it was answered, without bodies. */
const AUDIT_POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived", "ResponseStarted"],
  rules: [{ level: "Metadata" }],
};

/** Namespaces end, and cluster roles are put together from others. */
export const FEW = ["namespace-controller", "clusterrole-aggregation-controller"];

const program = (name: string) => {
  if (controlPlaneFolder === null) throw new Error(`${name} was not built: run scripts/e2e.sh`);
  return join(controlPlaneFolder, name);
};

/** The identities that the API server knows by token, beside certificates: token, user, groups. */
const TOKENS: [token: string, user: string, groups: string][] = [["console-token", "periscope-console", ""]];

/** etcd and the real kube-apiserver with RBAC, on loopback, in a folder that goes with them. */
export class ControlPlane {
  private readonly daemons: Daemon[] = [];

  private constructor(
    private readonly folder: Folder,
    private readonly authority: Authority,
    private readonly ports: { etcd: number; peer: number; api: number; manager: number; scheduler: number },
  ) {}

  static async start(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
    const folder = await Folder.make("control-plane");
    const [etcd = 0, peer = 0, api = 0, manager = 0, scheduler = 0] = await freePorts(5);
    const authority = await Authority.make(folder);
    const plane = new ControlPlane(folder, authority, { etcd, peer, api, manager, scheduler });
    try {
      await plane.run(options);
    } catch (error) {
      await plane.stop();
      throw error;
    }
    return plane;
  }

  get server(): string {
    return `https://127.0.0.1:${this.ports.api}`;
  }

  /** An administrator, from the start. */
  async admin(): Promise<Target> {
    return this.target("admin", await this.user("admin", "/O=system:masters/CN=e2e-admin"));
  }

  /** What the console is given: it holds what deploy/rbac gives it, and nothing else. */
  console(name = "real"): Target {
    return this.target(name, { token: "console-token" });
  }

  /** Applies deploy/rbac for the console's identity, with these groups to impersonate. */
  async installConsole(groups: string[]): Promise<void> {
    const kubectl = await this.kubectl();
    await kubectl.out(["apply", "-f", fileURLToPath(new URL("../../deploy/rbac", import.meta.url))]);
    const kube = await this.kube();
    const roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
    const role = await kube.get<KubeObject & { rules: { resources: string[]; resourceNames?: string[] }[] }>(
      `${roles}/periscope-impersonator`,
    );
    const rules = role.rules.map((rule) =>
      rule.resources.includes("groups") ? { ...rule, resourceNames: groups } : rule,
    );
    await kube.merge(`${roles}/periscope-impersonator`, { rules });
    const user = { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "periscope-console" };
    const bindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
    await kube.merge(`${bindings}/periscope-impersonator`, { subjects: [user] });
    kube.close();
  }

  /** Lets the inventory list custom resources, in the way deploy/rbac/README.md says. */
  async grantInventory(group: string, resources: string[]): Promise<void> {
    const kube = await this.kube();
    const name = `periscope-inventory-${group}`;
    await kube.apply(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name, labels: { "rbac.periscope.dev/aggregate-to-inventory": "true" } },
      rules: [{ apiGroups: [group], resources, verbs: ["get", "list", "watch"] }],
    });
    kube.close();
  }

  /** Somebody with a certificate of their own, and only the rights that the cluster gives that name. */
  async person(user: string, name: string): Promise<Target> {
    return this.target(name, await this.user(name, `/CN=${user}`));
  }

  async kube(): Promise<Kube> {
    return new Kube(await this.admin());
  }

  async kubectl(): Promise<Kubectl> {
    const file = await this.folder.write("admin.kubeconfig", kubeconfig([await this.admin()]));
    return new Kubectl(this.folder, file, "admin");
  }

  /** What the API server itself says was asked of it. */
  async auditLog(): Promise<AuditEvent[]> {
    const lines = (await readFile(this.folder.at("audit.log"), "utf8")).split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as AuditEvent);
  }

  /** The first is stopped last: an API server without its etcd hangs for a minute. */
  async stop(): Promise<void> {
    for (const daemon of this.daemons.splice(0).reverse()) await daemon.stop();
    await this.folder.remove();
  }

  private target(name: string, user: KubeconfigUser): Target {
    const ca = base64(this.authority.root.certificate);
    return { name, cluster: { server: this.server, "certificate-authority-data": ca }, user };
  }

  private readonly users = new Map<string, Promise<Certificate>>();

  private async user(name: string, subject: string): Promise<KubeconfigUser> {
    const issued = this.users.get(name) ?? this.authority.issue(name, { subject });
    this.users.set(name, issued);
    const { certificate, key } = await issued;
    return { "client-certificate-data": base64(certificate), "client-key-data": base64(key) };
  }

  private spawn(command: string, name: string, args: string[]): Daemon {
    const daemon = new Daemon({ command, args, log: this.folder.at(`${name}.log`) });
    this.daemons.push(daemon);
    return daemon;
  }

  private async run(options: ControlPlaneOptions): Promise<void> {
    const { folder, authority, ports } = this;
    const etcdUrl = `http://127.0.0.1:${ports.etcd}`;
    const peerUrl = `http://127.0.0.1:${ports.peer}`;
    const etcd = this.spawn("etcd", "etcd", [
      ...[
        "--data-dir",
        folder.at("etcd"),
        "--listen-client-urls",
        etcdUrl,
        "--advertise-client-urls",
        etcdUrl,
      ],
      ...["--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl],
      ...["--initial-cluster", `default=${peerUrl}`, "--log-level", "warn"],
      // A cluster that lives for minutes need not survive a power cut.
      "--unsafe-no-fsync",
    ]);
    const serving = await authority.issue("apiserver", { subject: "/CN=kube-apiserver" });
    const accounts = await authority.issue("service-accounts", { subject: "/CN=service-accounts" });
    const tokens = TOKENS.map(([token, user, groups]) => `${token},${user},${user},"${groups}"`).join("\n");
    const tokenFile = await folder.write("tokens.csv", `${tokens}\n`);
    await etcd.while("etcd answers", async () => (await fetch(`${etcdUrl}/health`)).ok);
    const api = this.spawn(program("kube-apiserver"), "kube-apiserver", [
      ...["--etcd-servers", etcdUrl, "--bind-address", "127.0.0.1", "--secure-port", String(ports.api)],
      ...["--tls-cert-file", serving.certificateFile, "--tls-private-key-file", serving.keyFile],
      ...["--client-ca-file", authority.root.certificateFile, "--token-auth-file", tokenFile],
      ...["--authorization-mode", "RBAC", "--anonymous-auth=false", "--allow-privileged"],
      ...["--service-account-issuer", this.server, "--service-account-key-file", accounts.certificateFile],
      ...["--service-account-signing-key-file", accounts.keyFile, "--cert-dir", folder.at("certs")],
      ...["--service-cluster-ip-range", "10.96.0.0/16", "--endpoint-reconciler-type", "none"],
      ...(options.audited ? await this.auditFlags() : []),
      // Without its controller nobody makes the account that this admission waits for.
      ...(options.controllers === "*" ? [] : ["--disable-admission-plugins", "ServiceAccount"]),
    ]);
    const kube = await this.kube();
    await api.while(
      "the API server is ready",
      async () => (await kube.send("GET", "/readyz")).status === 200,
      60_000,
    );
    kube.close();
    await this.runControllers(options, accounts);
  }

  private async auditFlags(): Promise<string[]> {
    const policy = await this.folder.write("audit-policy.json", AUDIT_POLICY);
    return ["--audit-policy-file", policy, "--audit-log-path", this.folder.at("audit.log")];
  }

  private async runControllers(options: ControlPlaneOptions, accounts: Certificate): Promise<void> {
    const { controllers } = options;
    if (controllers) {
      const user = await this.user("controller-manager", "/CN=system:kube-controller-manager");
      const config = await this.folder.write(
        "manager.kubeconfig",
        kubeconfig([this.target("manager", user)]),
      );
      this.spawn(program("kube-controller-manager"), "kube-controller-manager", [
        ...["--kubeconfig", config, "--use-service-account-credentials", "--leader-elect=false"],
        ...[
          "--service-account-private-key-file",
          accounts.keyFile,
          "--root-ca-file",
          this.authority.root.certificateFile,
        ],
        ...["--bind-address", "127.0.0.1", "--secure-port", String(this.ports.manager)],
        ...["--cert-dir", this.folder.at("manager-certs")],
        ...["--controllers", controllers === "*" ? "*" : controllers.join(",")],
      ]);
    }
    if (options.scheduler) {
      const user = await this.user("scheduler", "/CN=system:kube-scheduler");
      const config = await this.folder.write(
        "scheduler.kubeconfig",
        kubeconfig([this.target("scheduler", user)]),
      );
      this.spawn(program("kube-scheduler"), "kube-scheduler", [
        ...["--kubeconfig", config, "--leader-elect=false", "--bind-address", "127.0.0.1"],
        ...["--secure-port", String(this.ports.scheduler), "--cert-dir", this.folder.at("scheduler-certs")],
      ]);
    }
  }
}

/** A control plane for the tests of one file. */
export function useControlPlane(options: ControlPlaneOptions = {}): () => ControlPlane {
  let plane: ControlPlane | undefined;
  beforeAll(async () => {
    plane = await ControlPlane.start(options);
  });
  afterAll(() => plane?.stop());
  return () => {
    if (!plane) throw new Error("the control plane is there only while tests run");
    return plane;
  };
}
