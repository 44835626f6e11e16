import { expect, it } from "vitest";
import { pluralKind } from "./kind-title";

it.each([
  ["Pod", "pods", "Pods"],
  ["Ingress", "ingresses", "Ingresses"],
  ["NetworkPolicy", "networkpolicies", "NetworkPolicies"],
  ["Endpoints", "endpoints", "Endpoints"],
  ["Prometheus", "prometheuses", "Prometheuses"],
])("%s", (kind, resource, plural) => expect(pluralKind(kind, resource)).toBe(plural));
