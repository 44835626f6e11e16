import { readFile } from "node:fs/promises";

/** Kubeconfigs of the tests are JSON, which is YAML too. */
export interface Kubeconfig {
  apiVersion: "v1";
  kind: "Config";
  clusters: { name: string; cluster: KubeconfigCluster }[];
  users: { name: string; user: KubeconfigUser }[];
  contexts: { name: string; context: { cluster: string; user: string; namespace?: string } }[];
  "current-context": string;
}

export interface KubeconfigCluster {
  server: string;
  "certificate-authority-data"?: string;
  "insecure-skip-tls-verify"?: boolean;
}

export interface KubeconfigUser {
  token?: string;
  "client-certificate-data"?: string;
  "client-key-data"?: string;
}

/** One context: a cluster, and who one is there. */
export interface Target {
  name: string;
  cluster: KubeconfigCluster;
  user: KubeconfigUser;
}

export function kubeconfig(targets: Target[]): Kubeconfig {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: targets.map(({ name, cluster }) => ({ name, cluster })),
    users: targets.map(({ name, user }) => ({ name, user })),
    contexts: targets.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
    "current-context": targets[0]?.name ?? "",
  };
}

export async function readTargets(file: string): Promise<Target[]> {
  const config = JSON.parse(await readFile(file, "utf8")) as Kubeconfig;
  return config.contexts.map(({ name, context }) => {
    const cluster = config.clusters.find((each) => each.name === context.cluster)?.cluster;
    const user = config.users.find((each) => each.name === context.user)?.user;
    if (!cluster || !user) throw new Error(`${file}: context ${name} lacks its cluster or its user`);
    return { name, cluster, user };
  });
}

export const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
