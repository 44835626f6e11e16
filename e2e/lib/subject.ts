import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe } from "vitest";
import type { Api } from "./api";
import { ControlPlane, describeControlPlane, FEW } from "./control-plane";
import type { Kube } from "./kube";
import { readTargets, type Target } from "./kubeconfig";
import type { Kubectl } from "./kubectl";
import { Periscope, type PersonaEntry } from "./periscope";
import { until } from "./wait";
import { World } from "./world";

/** Periscope in front of one cluster, the demo world's or a real one. */
export interface Subject {
  /** The cluster's id in Periscope. */
  cluster: string;
  periscope: Periscope;
  kubectl: Kubectl;
  kube: Kube;
  as(persona: string): Promise<Api>;
  /** The ids in the API server's own audit log, where it keeps one. */
  auditIds(): Promise<string[] | null>;
}

/** What the console's identity may impersonate in the demo world too. */
export const ADMINS = "periscope-tier:admin";

interface Backing {
  console: Target;
  kubectl: Kubectl;
  kube: Kube;
  auditIds(): Promise<string[] | null>;
  stop(): Promise<void>;
}

async function demoWorld(): Promise<Backing> {
  const world = await World.start();
  const console = (await readTargets(world.server)).find(({ name }) => name === "edge");
  if (!console) throw new Error("the world has no cluster edge");
  return {
    auditIds: () => Promise.resolve(null),
    console,
    kubectl: world.kubectl("edge"),
    kube: await world.kube("edge"),
    stop: () => world.stop(),
  };
}

/** What makes workloads move: rollouts, their pods, budgets, and what goes with its owner. */
export const WORKLOADS = [
  ...FEW,
  "deployment-controller",
  "replicaset-controller",
  "statefulset-controller",
  "disruption-controller",
  "garbage-collector-controller",
];

async function realServer(controllers: string[]): Promise<Backing> {
  const plane = await ControlPlane.start({ controllers, audited: true });
  await plane.installConsole([ADMINS]);
  return {
    auditIds: async () => (await plane.auditLog()).map(({ auditID }) => auditID),
    console: plane.console(),
    kubectl: await plane.kubectl(),
    kube: await plane.kube(),
    stop: () => plane.stop(),
  };
}

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

async function start(
  back: () => Promise<Backing>,
  personas: PersonaEntry[],
): Promise<Subject & { stop(): Promise<void> }> {
  const backing = await back();
  try {
    for (const file of ["widgets.json", "people.json"])
      await backing.kubectl.out(["apply", "-f", fixture(file)]);
    // A kind that was just defined is served a moment later.
    await until("the scene is set", async (saw) => {
      return saw(await backing.kubectl.run(["apply", "-f", fixture("scene.json")])).code === 0;
    });
    const cluster = "subject";
    const periscope = await Periscope.serve([{ id: cluster, target: backing.console }], personas);
    return {
      cluster,
      periscope,
      kubectl: backing.kubectl,
      kube: backing.kube,
      as: (persona) => periscope.as(persona),
      auditIds: () => backing.auditIds(),
      stop: async () => {
        await periscope.stop();
        backing.kube.close();
        await backing.stop();
      },
    };
  } catch (error) {
    await backing.stop();
    throw error;
  }
}

function use(back: () => Promise<Backing>, personas: PersonaEntry[]): () => Subject {
  let subject: Awaited<ReturnType<typeof start>> | undefined;
  beforeAll(async () => {
    subject = await start(back, personas);
  });
  afterAll(() => subject?.stop());
  return () => {
    if (!subject) throw new Error("the subject is there only while tests run");
    return subject;
  };
}

/** The same tests through Periscope, in front of the demo world and in front of a real API server. */
export function onEverySubject(
  title: string,
  personas: PersonaEntry[],
  tests: (subject: () => Subject) => void,
  controllers: string[] = FEW,
): void {
  describe(`${title}, over the demo world`, () => tests(use(demoWorld, personas)));
  onRealServer(title, personas, tests, controllers);
}

/** What takes long and does not depend on whose cluster it is. */
export function onRealServer(
  title: string,
  personas: PersonaEntry[],
  tests: (subject: () => Subject) => void,
  controllers: string[] = FEW,
): void {
  describeControlPlane(`${title}, over a real API server`, () => tests(
      use(() => realServer(controllers), personas),
    ));
}
