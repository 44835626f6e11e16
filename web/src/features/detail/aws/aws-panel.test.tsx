// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AwsAccess, AwsGap } from "@/api/aws-contract";
import { DetailProvider } from "../detail-context";
import AwsPanel from "./aws-panel";

const AT = "2026-11-20T10:00:00Z";
const ROLE = "arn:aws-cn:iam::111122223333:role/api";
const HOSTILE = "<img src=x onerror=alert(1)>\u202e";
const subject = { cluster: "prod-eu", kind: "deployments.apps", namespace: "payments", name: "api" };

const access: AwsAccess = {
  subject,
  serviceAccount: "api",
  identities: [
    {
      pods: 2,
      podNames: [],
      source: "irsa",
      roleArn: ROLE,
      state: "stale",
      exact: true,
      words: "run with an older identity",
    },
  ],
  afterRestart: { source: "podIdentity", roleArn: ROLE, words: "both act as api" },
  chain: [
    { step: "pod", label: "api", verdict: "ok" },
    { step: "annotation", label: "irsa", verdict: "ok" },
    {
      step: "role",
      label: HOSTILE,
      arn: ROLE,
      verdict: "broken",
      words: "no such role",
      url: "javascript:alert(1)",
    },
  ],
  summary: {
    sensitive: 1,
    services: 1,
    admin: false,
    certainty: "atLeast",
    sentence: `api acts as ${HOSTILE}`,
  },
  services: [
    {
      service: "s3",
      name: "Amazon S3",
      total: 2,
      cut: false,
      actions: [
        {
          action: "s3:GetObject",
          count: 1,
          accessLevel: "Read",
          sensitive: [],
          resources: ["arn:aws-cn:s3:::b/*"],
          except: [],
          verdict: { decision: "conditional", condition: HOSTILE, blockedBy: [] },
        },
        {
          action: "s3:DeleteObject",
          count: 1,
          accessLevel: "Write",
          sensitive: ["x"],
          resources: ["*"],
          except: [],
          verdict: { decision: "denied", blockedBy: ["serviceControl"] },
        },
      ],
    },
  ],
  chains: [],
  trust: null,
  unseen: ["the bucket policy of b"],
  policyLeftOut: [],
  links: { console: null, cli: [] },
  findings: [],
};
const gap: AwsGap = {
  code: "MISSING_IAM_PERMISSION",
  what: "policies of the organisation",
  needs: [],
  needsAws: [
    { action: "organizations:ListParents", resource: "*", principal: "arn:aws:iam::1:role/periscope" },
  ],
};
const answer = (data: unknown, gaps: AwsGap[]) => ({
  data,
  asOf: AT,
  scope: { clusterWide: false, namespaces: ["payments"] },
  sources: [{ what: "roles", at: AT, state: { phase: "stale", since: AT, reason: "throttled" } }],
  gaps,
});
let reply: { status: number; body: unknown };

function show(client: QueryClient) {
  return render(
    <QueryClientProvider client={client}>
      <DetailProvider value={{ ref: subject, onTab: () => undefined, gone: false }}>
        <AwsPanel />
      </DetailProvider>
    </QueryClientProvider>,
  );
}
const newClient = () => new QueryClient({ defaultOptions: { queries: { retry: false } } });

describe("what a workload may do in AWS", () => {
  beforeEach(() => {
    reply = { status: 200, body: answer(access, [gap]) };
    vi.stubGlobal("fetch", (path: string) =>
      Promise.resolve(
        path.includes("/aws/workloads/")
          ? new Response(JSON.stringify(reply.body), { status: reply.status })
          : new Response(
              JSON.stringify({ ...answer({ parts: [], capabilities: [] }, []), entries: [], clusters: [] }),
            ),
      ),
    );
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });

  it("shows text of AWS as text, and no link that leads elsewhere than AWS over https", async () => {
    const { container } = show(newClient());
    await screen.findByRole("heading", { name: /api acts as/ });
    expect(container.querySelector("img")).toBeNull();
    expect(screen.getAllByText("U+202E").length).toBeGreaterThanOrEqual(3);
    expect(
      [...container.querySelectorAll("a")].every((link) =>
        /^\/|^https:/.test(link.getAttribute("href") ?? ""),
      ),
    ).toBe(true);
  });

  it("opens the step of the way that is broken", async () => {
    show(newClient());
    await screen.findByText("no such role");
    expect(screen.getByRole("button", { name: /broken/, expanded: true })).toBeDefined();
  });

  it("says of each permission whether, and by what not", async () => {
    show(newClient());
    await screen.findByText("denied by the organisation");
    expect(screen.getByText(/^allowed if/)).toBeDefined();
    expect(screen.getByText(/After a restart/)).toBeDefined();
  });

  it("names what was not seen, with action, ARN and role", async () => {
    show(newClient());
    const box = await screen.findByRole("complementary", { name: "not seen" });
    expect(box.textContent).toContain(
      "Periscope needs organizations:ListParents on * for arn:aws:iam::1:role/periscope",
    );
    expect(screen.getByText("the bucket policy of b")).toBeDefined();
    expect(screen.getByRole("button", { name: "Check again" })).toBeDefined();
    expect(screen.getByText(/stale/)).toBeDefined();
  });

  it("keeps the last answer when a newer one does not come", async () => {
    const client = newClient();
    show(client);
    await screen.findByText("denied by the organisation");
    reply = {
      status: 503,
      body: { title: "away", status: 503, code: "unreachable", detail: "not now", requestId: "" },
    };
    await act(() => client.invalidateQueries({ queryKey: ["aws"] }));
    expect(await screen.findByText("not now")).toBeDefined();
    expect(screen.getByText("denied by the organisation")).toBeDefined();
  });

  it("says what to configure where AWS is not asked", async () => {
    reply = {
      status: 200,
      body: answer(access, [{ code: "NOT_EKS", what: "not on EKS", needs: [], fix: "add eks.arn" }]),
    };
    show(newClient());
    expect(await screen.findByText(/is not known to be an EKS cluster/)).toBeDefined();
    expect(screen.getByLabelText("configuration").textContent).toContain("id: prod-eu");
  });
});
