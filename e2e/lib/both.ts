import { describe } from "vitest";
import { describeControlPlane, useControlPlane, type ControlPlaneOptions } from "./control-plane";
import type { Kube } from "./kube";
import type { Kubectl } from "./kubectl";
import { useWorld } from "./world";

/** A cluster that may be the demo world's or a real one: a test must not need to know. */
export interface Cluster {
  kubectl(): Promise<Kubectl>;
  kube(): Promise<Kube>;
}

/** The same tests over one cluster of the demo world and over a real API server, so that the world cannot drift. */
export function onBoth(
  title: string,
  options: ControlPlaneOptions,
  tests: (cluster: () => Cluster) => void,
): void {
  describe(`${title}, in the demo world`, () => {
    const world = useWorld();
    tests(() => ({
      kubectl: () => Promise.resolve(world().kubectl("edge")),
      kube: () => world().kube("edge"),
    }));
  });
  describeControlPlane(`${title}, on a real API server`, () => {
    const plane = useControlPlane(options);
    tests(() => plane());
  });
}
