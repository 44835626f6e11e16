import type { Kube, Person } from "./kube";
import type { Random } from "./random";

/** What rules can be about, and what is listed to see whether they hold. */
export interface Listed {
  id: string;
  group: string;
  version: string;
  resource: string;
  namespaced: boolean;
}

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  resourceNames?: string[];
}

type Body = Record<string, unknown> & {
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
};

const GROUP = "rbac.authorization.k8s.io";
const ROOT = `/apis/${GROUP}/v1`;

export interface Universe {
  users: { user: string; groups: string[] }[];
  groups: string[];
  namespaces: string[];
  kinds: Listed[];
  /** Names that objects have, for rules limited to names. */
  names: string[];
}

/** RBAC objects that change at random; everything here is this test's own and nothing else is touched. */
export class RandomRbac {
  /** By path. */
  readonly objects = new Map<string, Body>();
  private serial = 0;

  constructor(
    private readonly random: Random,
    private readonly universe: Universe,
    private readonly kube: Kube,
  ) {}

  /** Roles first, so that bindings have something to refer to. */
  async begin(roles: number, bindings: number): Promise<void> {
    for (let n = 0; n < roles; n += 1) await this.addRole();
    await this.addAggregate();
    await this.addAggregate();
    for (let n = 0; n < bindings; n += 1) await this.addBinding();
  }

  /** One change; returns what it was. */
  async change(): Promise<string> {
    const { random } = this;
    const roll = random.unit();
    if (roll < 0.3) return this.addBinding();
    if (roll < 0.6) return this.removeBinding();
    if (roll < 0.7) return this.addRole();
    if (roll < 0.9) return this.rewriteRole();
    return this.relabel();
  }

  async removeAll(): Promise<void> {
    for (const path of [...this.objects.keys()].reverse()) await this.remove(path);
  }

  /** What is bound to a person, for a failure: each binding with the rules of its role. */
  describe({ user, groups }: Person): string {
    const mine = ([, { subjects }]: [string, Body]) =>
      (subjects as { name: string }[] | undefined)?.some(
        ({ name }) => name === user || groups.includes(name),
      );
    const line = ([path, { roleRef }]: [string, Body]) => {
      const { name } = roleRef as { name: string };
      const role = this.roles().find(([, { metadata }]) => metadata.name === name)?.[1];
      return `${path} → ${name}: ${JSON.stringify(role?.["rules"] ?? role?.["aggregationRule"])}`;
    };
    return [
      `${user} in ${groups.join(", ") || "no group"}`,
      ...[...this.objects].filter(mine).map(line),
    ].join("\n");
  }

  private async put(path: string, body: Body): Promise<void> {
    this.objects.set(path, body);
    await this.kube.apply(path, body);
  }

  private async remove(path: string): Promise<void> {
    this.objects.delete(path);
    await this.kube.remove(path);
  }

  private name(kind: string): string {
    this.serial += 1;
    return `fuzz-${kind}-${this.serial}`;
  }

  private rule(): Rule {
    const { random, universe } = this;
    const kinds = random.some(universe.kinds, 1, 3);
    const every = random.chance(0.08);
    const rule: Rule = {
      apiGroups: random.chance(0.15) ? ["*"] : [...new Set(kinds.map(({ group }) => group))],
      resources: every ? ["*"] : kinds.map(({ resource }) => resource),
      verbs: random.pick([
        ["*"],
        ["get", "list", "watch"],
        ["list"],
        ["list", "watch"],
        ["watch"],
        ["get"],
        ["get", "list"],
        ["create"],
      ]),
    };
    if (random.chance(0.15)) rule.resourceNames = random.some(universe.names, 1, 3);
    if (random.chance(0.1)) rule.resources = rule.resources.map((resource) => `${resource}/status`);
    return rule;
  }

  private rules(): Rule[] {
    return Array.from({ length: 1 + this.random.below(3) }, () => this.rule());
  }

  private async addRole(): Promise<string> {
    const { random, universe } = this;
    const namespace = random.chance(0.4) ? random.pick(universe.namespaces) : null;
    const name = this.name("role");
    const labels: Record<string, string> = random.chance(0.5)
      ? { [`fuzz/part-${random.below(2)}`]: "yes" }
      : {};
    const path = namespace ? `${ROOT}/namespaces/${namespace}/roles/${name}` : `${ROOT}/clusterroles/${name}`;
    const metadata = namespace ? { name, namespace } : { name, labels };
    await this.put(path, this.body(namespace ? "Role" : "ClusterRole", metadata, { rules: this.rules() }));
    return `added ${path}`;
  }

  /** A role made of others by label; a controller fills in its rules. */
  private async addAggregate(): Promise<void> {
    const name = this.name("aggregate");
    const selector = { matchLabels: { [`fuzz/part-${this.random.below(2)}`]: "yes" } };
    await this.put(
      `${ROOT}/clusterroles/${name}`,
      this.body("ClusterRole", { name }, { aggregationRule: { clusterRoleSelectors: [selector] } }),
    );
  }

  private roles(): [string, Body][] {
    return [...this.objects].filter(([path]) => path.includes("roles/"));
  }

  private async addBinding(): Promise<string> {
    const { random, universe } = this;
    const [path, role] = random.pick(this.roles());
    const namespace =
      role.metadata.namespace ?? (random.chance(0.7) ? random.pick(universe.namespaces) : null);
    const name = this.name("binding");
    const kind = path.includes("/clusterroles/") ? "ClusterRole" : "Role";
    const subject = () => {
      const roll = random.unit();
      if (roll < 0.6) return { apiGroup: GROUP, kind: "User", name: random.pick(universe.users).user };
      if (roll < 0.95) return { apiGroup: GROUP, kind: "Group", name: random.pick(universe.groups) };
      return { kind: "ServiceAccount", name: "default", namespace: random.pick(universe.namespaces) };
    };
    const subjects = Array.from({ length: 1 + random.below(2) }, subject);
    const at = namespace
      ? `${ROOT}/namespaces/${namespace}/rolebindings/${name}`
      : `${ROOT}/clusterrolebindings/${name}`;
    const roleRef = { apiGroup: GROUP, kind, name: role.metadata.name };
    const metadata = namespace ? { name, namespace } : { name };
    await this.put(
      at,
      this.body(namespace ? "RoleBinding" : "ClusterRoleBinding", metadata, { roleRef, subjects }),
    );
    return `added ${at}`;
  }

  private async removeBinding(): Promise<string> {
    const bindings = [...this.objects.keys()].filter((path) => path.includes("bindings/"));
    if (bindings.length === 0) return this.addBinding();
    const path = this.random.pick(bindings);
    await this.remove(path);
    return `removed ${path}`;
  }

  private plainRoles(): [string, Body][] {
    return this.roles().filter(([, body]) => !("aggregationRule" in body));
  }

  private async rewriteRole(): Promise<string> {
    const [path, body] = this.random.pick(this.plainRoles());
    await this.put(path, { ...body, rules: this.rules() });
    return `rewrote ${path}`;
  }

  /** Takes a role into an aggregate, or out of it. */
  private async relabel(): Promise<string> {
    const cluster = this.plainRoles().filter(([path]) => path.includes("/clusterroles/"));
    if (cluster.length === 0) return this.addRole();
    const [path, body] = this.random.pick(cluster);
    const labels: Record<string, string> =
      Object.keys(body.metadata.labels ?? {}).length > 0
        ? {}
        : { [`fuzz/part-${this.random.below(2)}`]: "yes" };
    await this.put(path, { ...body, metadata: { ...body.metadata, labels } });
    return `relabelled ${path}`;
  }

  private body(kind: string, metadata: Body["metadata"], more: object): Body {
    return { apiVersion: `${GROUP}/v1`, kind, metadata, ...more };
  }
}
