import type { Fleet, FleetCluster, Signal, Tone } from "@/api/contract";
import { formatCount } from "@/lib/quantity";

export interface Verdict {
  tone: Tone;
  title: string;
  sentence: string;
}

const WORDS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];

function count(number: number): string {
  return WORDS[number] ?? formatCount(number);
}

function told(signal: Signal): string {
  return `${signal.object.name} in ${signal.cluster}: ${signal.sentence}`;
}

/** Clusters of which nothing current is known: away, refused, or nothing of them may be seen. */
export function unseen(clusters: readonly FleetCluster[]): string[] {
  return clusters
    .filter(
      ({ cluster, health }) =>
        health.tone === "unknown" ||
        cluster.state.phase === "unreachable" ||
        cluster.state.phase === "refused",
    )
    .map(({ cluster }) => cluster.name);
}

/** The answer to "does anything need me?" in one sentence; what cannot be seen is never called healthy. */
export function fleetVerdict({ clusters, signals, signalsTotal }: Fleet): Verdict {
  const blind = unseen(clusters);
  const missing = blind.length > 0 ? `${blind.join(", ")} cannot be seen` : "";
  if (clusters.length === 0) return { tone: "unknown", title: "No cluster is shown to you", sentence: "" };
  if (signalsTotal === 0) {
    const title =
      blind.length === clusters.length
        ? "Not known what needs you"
        : blind.length > 0
          ? "Nothing seen that needs you"
          : "Nothing needs you now";
    return { tone: blind.length > 0 ? "unknown" : "ok", title, sentence: missing };
  }
  const title = `${count(signalsTotal)} ${signalsTotal === 1 ? "thing needs" : "things need"} you now`;
  const sentence = [...signals.slice(0, 2).map(told), missing].filter(Boolean).join(" · ");
  return { tone: signals[0]?.tone ?? "warning", title, sentence };
}

export interface Group {
  environment: string;
  clusters: FleetCluster[];
}

const ORDER = ["production", "staging", "development", "other"];

/** Clusters by environment, production first; a text keeps those it is found in. */
export function groupClusters(clusters: readonly FleetCluster[], text: string): Group[] {
  const wish = text.trim().toLowerCase();
  const matches = ({ cluster, health }: FleetCluster) =>
    [
      cluster.id,
      cluster.name,
      cluster.environment,
      cluster.eks?.region,
      cluster.eks?.accountId,
      cluster.version,
      health.sentence,
      cluster.state.phase,
    ]
      .filter((part) => typeof part === "string")
      .some((part) => part.toLowerCase().includes(wish));
  return ORDER.map((environment) => ({
    environment,
    clusters: clusters.filter((each) => each.cluster.environment === environment && matches(each)),
  })).filter((group) => group.clusters.length > 0);
}
