import type { KubeObject } from "./kube";

export interface Deployment extends KubeObject {
  spec: {
    replicas: number;
    template: { spec: { containers: { image: string; env?: { name: string }[] }[] } };
  };
  status: { readyReplicas?: number; replicas?: number };
}

/** A small Deployment named web. */
export const manifest = (image: string, replicas = 2) =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "web", image, ports: [{ containerPort: 8080 }] }] },
      },
    },
  });
