// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { UserMenu } from "./user-menu";

const session = {
  ...{ mode: "oidc", user: "ada@corp", displayName: "Ada", issuer: "https://idp.corp", subject: "ada" },
  ...{ groups: ["dev"], admission: { admitted: true }, auditAdmin: false, sessionAdmin: false, clusters: [] },
  serverVersion: "0.1.0",
};
const problem = {
  title: "Service Unavailable",
  status: 503,
  code: "sessions_unavailable",
  detail: "no answer",
};

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("says that one is still signed in when signing out failed", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (path: string) => {
    asked.push(path);
    const out = path === "/api/auth/logout";
    return Promise.resolve(
      new Response(JSON.stringify(out ? problem : session), { status: out ? 503 : 200 }),
    );
  });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <UserMenu onKeys={() => undefined} />
    </QueryClientProvider>,
  );
  fireEvent.click(await screen.findByRole("button", { name: "ada@corp, your menu" }));
  fireEvent.click(screen.getByRole("menuitem", { name: "Sign out everywhere" }));
  await screen.findByText("Signing out everywhere failed: no answer");
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await vi.waitFor(() => expect(asked.filter((path) => path === "/api/auth/logout")).toHaveLength(2));
});
