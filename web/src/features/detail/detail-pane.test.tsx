// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DetailPane } from "./detail-pane";

const CREATED = "2026-11-20T10:00:00Z";
const object = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "api-1",
    namespace: "payments",
    creationTimestamp: CREATED,
    labels: { note: "a\u202eb", link: "javascript:alert(1)" },
  },
  spec: { containers: [{ name: "app", image: "<img src=x onerror=alert(1)>" }] },
  status: { phase: "Running", conditions: [{ type: "Ready", status: "True", lastTransitionTime: CREATED }] },
};
const kind = {
  id: "pods",
  group: "",
  version: "v1",
  kind: "Pod",
  resource: "pods",
  singular: "pod",
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: [],
  custom: false,
  served: "rows",
};
const answer = (data: unknown) => ({
  data,
  asOf: CREATED,
  scope: { clusterWide: false, namespaces: ["payments"] },
  sources: [],
  gaps: [],
});
const problem = (status: number, code: string, more: object = {}) => ({
  type: "about:blank",
  title: code,
  status,
  code,
  detail: `${code} said the server`,
  requestId: "r-1",
  ...more,
});

const owned = (kindName: string, name: string) => ({
  metadata: {
    ownerReferences: [{ apiVersion: "apps/v1", kind: kindName, name, uid: "u", controller: true }],
  },
});

type Reply = { status: number; body: unknown };
let objectReply: Reply;

function reply(path: string): Reply {
  if (/\/objects\/pods\/payments\/api-1$/.test(path)) return objectReply;
  if (path.endsWith("/events")) return { status: 200, body: answer({ events: [], historyStart: CREATED }) };
  if (path.endsWith("/related")) return { status: 200, body: answer([]) };
  if (path.endsWith("/metrics"))
    return {
      status: 200,
      body: {
        ...answer(null),
        gaps: [
          {
            code: "refused",
            what: 'usage of pods "api-1"',
            needs: [{ verb: "get", group: "metrics.k8s.io", resource: "pods", namespace: "payments" }],
          },
        ],
      },
    };
  if (path.endsWith("/objects/replicasets.apps/payments/api-7d9"))
    return { status: 200, body: answer({ object: owned("Deployment", "api"), kind, kubectl: "" }) };
  if (path.endsWith("/kinds")) return { status: 200, body: { groups: [] } };
  return { status: 404, body: problem(404, "not_found") };
}

function show(client: QueryClient) {
  return render(
    <QueryClientProvider client={client}>
      <DetailPane
        cluster="prod-eu"
        kind="pods"
        namespace="payments"
        name="api-1"
        tab=""
        onTab={() => undefined}
      />
    </QueryClientProvider>,
  );
}

const newClient = () => new QueryClient({ defaultOptions: { queries: { retry: false } } });

describe("the detail pane", () => {
  beforeEach(() => {
    objectReply = { status: 200, body: answer({ object, kind, kubectl: "" }) };
    vi.stubGlobal("fetch", (path: string) => {
      if (path.includes("/stream")) return new Promise(() => undefined);
      const { status, body } = reply(path.split("?")[0] ?? "");
      return Promise.resolve(new Response(JSON.stringify(body), { status }));
    });
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });

  it("shows text from a cluster as text, with what is invisible in it", async () => {
    const { container } = show(newClient());
    await screen.findByText("U+202E");
    expect(container.querySelector("img")).toBeNull();
    expect(screen.getAllByText(/onerror/).length).toBeGreaterThan(0);
    expect(
      [...container.querySelectorAll("a")].every((link) => link.getAttribute("href")?.startsWith("/")),
    ).toBe(true);
  });

  it("names the permission without which use is not seen", async () => {
    show(newClient());
    expect(await screen.findByText("get pods.metrics.k8s.io in payments")).toBeDefined();
  });

  it("shows the chain of owners, the furthest first", async () => {
    const pod = { ...object, metadata: { ...object.metadata, ...owned("ReplicaSet", "api-7d9").metadata } };
    objectReply = { status: 200, body: answer({ object: pod, kind, kubectl: "" }) };
    show(newClient());
    const place = () => screen.getByLabelText("where it is").textContent;
    await vi.waitFor(() => expect(place()).toBe("payments/Deploymentapi›ReplicaSetapi-7d9›"));
  });

  it("shows what was told of an object that is gone before it was seen", async () => {
    objectReply = { status: 404, body: problem(404, "not_found") };
    show(newClient());
    expect(await screen.findByText("No events about this object.")).toBeDefined();
    expect(screen.getByText("pods api-1: not_found")).toBeDefined();
  });

  it("names the permission that a refusal lacks", async () => {
    objectReply = {
      status: 403,
      body: problem(403, "forbidden", {
        needs: [{ verb: "get", group: "", resource: "pods", namespace: "payments", name: "api-1" }],
      }),
    };
    show(newClient());
    expect(await screen.findByText("get pods api-1 in payments")).toBeDefined();
    expect(screen.getByText("pods api-1: refused")).toBeDefined();
  });

  it("keeps the last frame of what is deleted and says so", async () => {
    const client = newClient();
    show(client);
    await screen.findByText("Containers");
    objectReply = { status: 404, body: problem(404, "not_found") };
    await act(() => client.invalidateQueries({ queryKey: ["object"] }));
    expect(await screen.findByText(/^Deleted, last seen/)).toBeDefined();
    expect(screen.getByText("Containers")).toBeDefined();
    expect(screen.getByRole("tabpanel").className).toContain("grayscale");
  });

  it("keeps the last frame when a refresh fails and says why", async () => {
    const client = newClient();
    show(client);
    await screen.findByText("Containers");
    objectReply = { status: 503, body: problem(503, "unreachable") };
    await act(() => client.invalidateQueries({ queryKey: ["object"] }));
    expect(await screen.findByText(/^Not refreshed: unreachable said the server/)).toBeDefined();
    expect(screen.getByRole("tabpanel").className).not.toContain("grayscale");
  });
});
