import { fileURLToPath } from "node:url";
import type { Api } from "./api";
import { ControlPlane, FEW } from "./control-plane";
import type { Kube, Person } from "./kube";
import { Periscope } from "./periscope";
import type { Random } from "./random";
import type { Listed } from "./rbac-fuzz";
import { until } from "./wait";

const kind = (id: string, version: string, namespaced: boolean): Listed => {
  const [resource = "", ...group] = id.split(".");
  return { id, group: group.join("."), version, resource, namespaced };
};

/** Rows, tables and live lists; in namespaces and not; granted to the inventory and not. */
export const KINDS: Listed[] = [
  kind("pods", "v1", true),
  kind("services", "v1", true),
  kind("configmaps", "v1", true),
  kind("secrets", "v1", true),
  kind("deployments.apps", "v1", true),
  kind("limitranges", "v1", true),
  kind("widgets.e2e.periscope.dev", "v1", true),
  kind("gadgets.e2e.periscope.dev", "v1", false),
  kind("nodes", "v1", false),
  kind("namespaces", "v1", false),
  kind("priorityclasses.scheduling.k8s.io", "v1", false),
];

export const CLUSTER = "real";
export const NAMESPACES = ["ns-a", "ns-b", "ns-c", "ns-d"];
const GROUPS = ["team-a", "team-b", "team-c"];

export interface Town {
  plane: ControlPlane;
  kube: Kube;
  periscope: Periscope;
  people: (Person & { id: string; api: Api })[];
  groups: string[];
  /** Every namespace of the cluster, not only the test's. */
  namespaces: string[];
  /** Names that objects have. */
  names: string[];
  stop(): Promise<void>;
}

const SPECS: Record<string, object> = {
  pods: { spec: { containers: [{ name: "main", image: "registry.example/x:1" }] } },
  services: { spec: { ports: [{ port: 80 }] } },
  "deployments.apps": {
    spec: {
      selector: { matchLabels: { app: "x" } },
      template: {
        metadata: { labels: { app: "x" } },
        spec: { containers: [{ name: "main", image: "x:1" }] },
      },
    },
  },
  limitranges: { spec: { limits: [] } },
  "priorityclasses.scheduling.k8s.io": { value: 7 },
};

const KIND_NAMES: Record<string, string> = {
  pods: "Pod",
  services: "Service",
  configmaps: "ConfigMap",
  secrets: "Secret",
  "deployments.apps": "Deployment",
  limitranges: "LimitRange",
  "widgets.e2e.periscope.dev": "Widget",
  "gadgets.e2e.periscope.dev": "Gadget",
  nodes: "Node",
  "priorityclasses.scheduling.k8s.io": "PriorityClass",
};

/** A real API server with people, objects of every kind in every namespace, and Periscope in front of it. */
export async function town(random: Random, count: number): Promise<Town> {
  const plane = await ControlPlane.start({ controllers: FEW });
  try {
    await plane.installConsole(GROUPS);
    const kube = await plane.kube();
    const kubectl = await plane.kubectl();
    await kubectl.out(["apply", "-f", fileURLToPath(new URL("../fixtures/widgets.json", import.meta.url))]);
    await plane.grantInventory("e2e.periscope.dev", ["widgets"]);
    for (const name of NAMESPACES) await kube.create("/api/v1/namespaces", { metadata: { name } });
    const names = await populate(kube, random);
    const people = Array.from({ length: count }, (_, n) => ({
      ...{ id: `u${n}`, user: `u${n}@corp`, groups: random.some(GROUPS, 0, 2) },
    }));
    const periscope = await Periscope.serve([{ id: CLUSTER, target: plane.console() }], people);
    const namespaces = (await kube.list("/api/v1/namespaces")).map(({ metadata }) => metadata.name);
    return {
      ...{ plane, kube, periscope, groups: GROUPS, namespaces, names },
      people: await Promise.all(
        people.map(async (person) => ({ ...person, api: await periscope.as(person.id) })),
      ),
      stop: async () => {
        await periscope.stop();
        kube.close();
        await plane.stop();
      },
    };
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

async function populate(kube: Kube, random: Random): Promise<string[]> {
  const names = new Set<string>();
  for (const listed of KINDS) {
    if (listed.id === "namespaces") continue;
    const { group, version, resource, namespaced } = listed;
    const apiVersion = group === "" ? version : `${group}/${version}`;
    for (const namespace of namespaced ? NAMESPACES : [null]) {
      const root = `${group === "" ? "/api" : "/apis"}/${apiVersion}`;
      const path = namespace ? `${root}/namespaces/${namespace}/${resource}` : `${root}/${resource}`;
      for (let n = 0; n < 1 + random.below(3); n += 1) {
        // The same names in several namespaces, and one that says where it is.
        const name =
          n === 0 ? `needle-${resource}-${namespace ?? "cluster"}` : random.pick(["one", "two", "three"]);
        names.add(name);
        const body = { apiVersion, kind: KIND_NAMES[listed.id], metadata: { name }, ...SPECS[listed.id] };
        await until(`${resource} can be created`, async (saw) => {
          const { status } = saw(await kube.send("POST", path, body));
          return status === 201 || status === 409;
        });
      }
    }
  }
  return [...names];
}
