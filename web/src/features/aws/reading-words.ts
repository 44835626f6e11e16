import type { AwsStatus } from "@/api/aws-contract";
import { plural } from "@/lib/quantity";

type Capability = AwsStatus["capabilities"][number];

export interface Feature {
  id: string;
  /** What it is good for. */
  about: string;
  /** Denied when any of its needs is, known to be allowed only when all are. */
  state: Capability["state"];
  needs: Capability[];
}

/** What the features need, those that lack something first. */
export function byFeature(capabilities: readonly Capability[]): Feature[] {
  const features = new Map<string, Feature>();
  for (const need of capabilities) {
    const known = features.get(need.feature);
    if (known) known.needs.push(need);
    else features.set(need.feature, { id: need.feature, about: need.about, state: "unknown", needs: [need] });
  }
  const states = (feature: Feature) => feature.needs.map(({ state }) => state);
  return [...features.values()]
    .map((feature): Feature => {
      const all = states(feature);
      const state = all.includes("denied") ? "denied" : all.includes("unknown") ? "unknown" : "allowed";
      return { ...feature, state };
    })
    .sort((one, other) => Number(one.state !== "denied") - Number(other.state !== "denied"));
}

/** `What Periscope reads of AWS: 6 of 7 parts, 1 permission refused`. */
export function readingWords({ parts, capabilities }: AwsStatus): string {
  const read = parts.filter(({ state }) => state === "live").length;
  const denied = capabilities.filter(({ state }) => state === "denied").length;
  const whole = plural(parts.length, "part");
  const seen = read === parts.length ? `all ${whole}` : `${read} of ${whole}`;
  return `What Periscope reads of AWS: ${seen}${denied > 0 ? `, ${plural(denied, "permission")} refused` : ""}`;
}
