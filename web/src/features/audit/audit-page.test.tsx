// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AuditPage } from "./audit-page";

type Reply = { status: number; body: unknown };
const asked: URL[] = [];
let replies: Record<string, Reply>;

const problem = (status: number, code: string): Reply => ({
  status,
  body: {
    type: "about:blank",
    title: code,
    status,
    code,
    detail: `${code} said the server`,
    requestId: "r-1",
  },
});
const ok = (body: unknown): Reply => ({ status: 200, body });
const figures = (denied: number) => ({
  from: "2026-11-26T12:00:00Z",
  to: "2026-11-26T13:00:00Z",
  scope: "own",
  buckets: [{ at: "2026-11-26T12:00:00Z", success: 1, failure: 0, denied, unknown: 0, open: 0 }],
});
const status = {
  chain: "c",
  size: 2,
  writing: true,
  scope: "own",
  firstAt: "2026-11-20T12:00:00Z",
  verbs: [{ verb: "scale", about: "Set the number of replicas", class: "change" }],
};

function show(search = "") {
  history.replaceState(null, "", `/audit${search}`);
  return render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <AuditPage />
    </QueryClientProvider>,
  );
}

describe("the page of the record", () => {
  beforeEach(() => {
    asked.length = 0;
    replies = {
      "/api/audit": ok({ rows: [], scope: "own", gaps: [] }),
      "/api/audit/histogram": ok(figures(0)),
      "/api/audit/status": ok(status),
    };
    vi.stubGlobal("fetch", (path: string) => {
      if (path.includes("/stream")) return new Promise(() => undefined);
      const url = new URL(path, "http://console");
      asked.push(url);
      const { status: code, body } = replies[url.pathname] ?? problem(404, "not_found");
      return Promise.resolve(new Response(JSON.stringify(body), { status: code }));
    });
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });

  it("asks what its address says", async () => {
    show("?filter=user:bob%20outcome:denied,failure&from=2026-11-26T12:00:00Z&to=2026-11-26T13:00:00Z");
    await screen.findByText("No acts match");
    const query = asked.find(({ pathname }) => pathname === "/api/audit")?.searchParams;
    expect(query?.getAll("outcome")).toEqual(["denied", "failure"]);
    expect([query?.get("user"), query?.get("from"), query?.get("to")]).toEqual([
      "bob",
      "2026-11-26T12:00:00Z",
      "2026-11-26T13:00:00Z",
    ]);
  });

  it("says whose acts it shows, and what came of them", async () => {
    replies["/api/audit/histogram"] = ok(figures(2));
    show();
    expect(await screen.findByText("3 acts: 2 denied")).toBeDefined();
    expect(await screen.findByText(/your own acts only/)).toBeDefined();
  });

  it("does not call a search that stopped an empty record", async () => {
    replies["/api/audit"] = ok({
      rows: [],
      next: "c:5",
      searchedTo: "2026-11-25T12:00:00Z",
      scope: "own",
      gaps: [],
    });
    show();
    expect(await screen.findByText("Nothing found so far")).toBeDefined();
    expect(screen.getByRole("button", { name: "Go on searching" })).toBeDefined();
  });

  it("says why when the record cannot be read", async () => {
    replies["/api/audit"] = problem(503, "database_error");
    show();
    expect(await screen.findByText("database_error said the server")).toBeDefined();
  });

  it("asks nothing for a filter that does not parse", async () => {
    show("?filter=usr:bob");
    expect(await screen.findByText("The filter does not parse")).toBeDefined();
    expect(asked.map(({ pathname }) => pathname)).toEqual(["/api/audit/status"]);
  });
});
