import { describe, expect, it } from "vitest";
import type { Relation } from "@/api/contract";
import { facts, pods, rows, verdict } from "./testing";

describe("network", () => {
  it("says where a service answers", () => {
    const service = (spec: object, status: object = {}) =>
      facts("services", {
        metadata: { name: "api", namespace: "x" },
        spec: { selector: { app: "api" }, ports: [{ port: 80, targetPort: "http", name: "web" }], ...spec },
        status,
      });
    expect(verdict(service({ type: "ClusterIP", clusterIP: "172.20.3.4" }))).toBe(
      "Reachable at 172.20.3.4 inside the cluster",
    );
    expect(verdict(service({ clusterIP: "None" }))).toContain("Headless");
    expect(service({ type: "LoadBalancer", clusterIP: "1.2.3.4" }).verdict?.tone).toBe("notice");
    expect(rows(service({ clusterIP: "None" }), "Ports")).toEqual([["web", "80/TCP", "http", "–", "–"]]);
  });
  it("does not call a service fine that nothing answers for", () => {
    const service = {
      metadata: { name: "api", namespace: "x" },
      spec: { clusterIP: "1.2.3.4", selector: { app: "api" } },
    };
    const of = (...related: Relation[]) => facts("services", service, { related }).verdict;
    expect(of(pods("selects", ["danger", "CrashLoopBackOff"], ["warning", "Pending"]))).toMatchObject({
      tone: "danger",
      title: "None of its 2 pods is ready",
    });
    expect(of()).toMatchObject({ tone: "warning", title: "No pod matches its selector" });
    expect(of(pods("selects", ["ok", "Running"], ["danger", "Error"]))?.tone).toBe("ok");
    // A part of the pods says nothing about the rest.
    expect(of({ ...pods("selects", ["danger", "Error"]), total: 9 })?.tone).toBe("ok");
    expect(facts("services", service).verdict?.tone).toBe("ok");
  });
  it("warns about hosts without TLS and ingresses without an address", () => {
    const spec = {
      rules: [
        {
          host: "a.corp",
          http: {
            paths: [
              { path: "/", pathType: "Prefix", backend: { service: { name: "api", port: { number: 80 } } } },
            ],
          },
        },
        { host: "b.corp" },
      ],
      tls: [{ hosts: ["a.corp"], secretName: "a-tls" }],
    };
    const made = facts("ingresses.networking.k8s.io", {
      metadata: { name: "i", namespace: "x" },
      spec,
      status: { loadBalancer: { ingress: [{ hostname: "lb.example" }] } },
    });
    expect(verdict(made)).toBe("a.corp, b.corp at lb.example | without TLS: b.corp");
    expect(rows(made, "Rules")).toEqual([["a.corp", "/", "api :80"]]);
    expect(facts("ingresses.networking.k8s.io", { metadata: {}, spec, status: {} }).verdict?.tone).toBe(
      "warning",
    );
  });
  it("reads a network policy aloud", () => {
    const spec = {
      podSelector: { matchLabels: { app: "api" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [
            {
              podSelector: { matchLabels: { app: "web" } },
              namespaceSelector: { matchLabels: { team: "shop" } },
            },
            { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } },
          ],
          ports: [{ port: 8080 }, { port: 9000, endPort: 9010 }],
        },
      ],
    };
    const made = facts("networkpolicies.networking.k8s.io", {
      metadata: { name: "p", namespace: "x" },
      spec,
    });
    expect(verdict(made)).toBe("Rules pods app=api | ingress only as listed · no egress allowed");
    expect(rows(made, "Allowed")).toEqual([
      [
        "in from",
        "pods app=web in namespaces team=shop, or 10.0.0.0/8 except 10.1.0.0/16",
        "TCP 8080, TCP 9000–9010",
      ],
      ["out to", "nobody", "–"],
    ]);
  });
  it("counts a slice's endpoints", () => {
    const made = facts("endpointslices.discovery.k8s.io", {
      metadata: { name: "api-1", namespace: "x" },
      endpoints: [
        { addresses: ["10.0.0.1"], conditions: { ready: true }, targetRef: { kind: "Pod", name: "p" } },
        { addresses: ["10.0.0.2"], conditions: { ready: false } },
      ],
    });
    expect(verdict(made)).toBe("1 of 2 endpoints ready");
  });
});
