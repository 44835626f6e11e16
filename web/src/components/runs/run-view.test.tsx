// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ActionRun } from "@/api/actions-contract";
import type { StreamEvent } from "@/api/stream/stream";
import { liveStream } from "@/api/live";
import { RunView } from "./run-view";

const RUN: ActionRun = {
  ...{ id: "b7f2-000012", cluster: "prod-eu", action: { type: "restart" }, verb: "restart" },
  ...{ summary: "restart 2 deployments", startedBy: "alice", startedAt: "2026-11-26T12:00:00Z" },
  ...{ state: "running", done: 0, total: 1 },
  results: [
    { target: { kind: "deployments.apps", namespace: "payments", name: "api" }, state: "running", needs: [] },
  ],
};

let known: boolean;
let tell: (event: StreamEvent) => void;

beforeEach(() => {
  known = true;
  vi.spyOn(liveStream, "share").mockImplementation((_, listener) => {
    tell = listener;
    return () => undefined;
  });
  const gone = {
    type: "about:blank",
    title: "Not Found",
    status: 404,
    code: "not_found",
    detail: "no such run",
  };
  vi.stubGlobal("fetch", () =>
    Promise.resolve(
      known
        ? new Response(JSON.stringify(RUN))
        : new Response(JSON.stringify(gone), {
            status: 404,
            headers: { "content-type": "application/problem+json" },
          }),
    ),
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it("of a server that was started anew leads to the record, and does not go on for ever", async () => {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RunView id={RUN.id} />
    </QueryClientProvider>,
  );
  await screen.findByText("0 of 1 done");
  known = false;
  const problem = {
    type: "about:blank",
    title: "Not Found",
    status: 404,
    code: "not_found",
    detail: "no such run",
  };
  tell({ name: "problem", data: { sub: "1", problem } } as StreamEvent);
  const link = await screen.findByRole("link", { name: /in the record/ });
  expect(link.getAttribute("href")).toBe("/audit?filter=request:b7f2-000012&range=all");
  expect(screen.queryByText("0 of 1 done")).toBeNull();
});
