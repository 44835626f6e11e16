// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { CanI } from "@/api/actions-contract";
import type { Permission } from "@/api/contract";
import { ObjectActions } from "./object-actions";
import { actionStore } from "./store";
import { DEPLOYMENT } from "./testing";

let refused: (permission: Permission) => boolean;
let requests: number;

const subject = {
  kind: DEPLOYMENT,
  targets: [{ cluster: "prod-eu", kind: "deployments.apps", namespace: "payments", name: "api" }],
  object: { spec: {} },
};
const ask = vi.spyOn(actionStore, "ask");

beforeEach(() => {
  requests = 0;
  ask.mockReset();
  vi.stubGlobal("fetch", (_path: string, init: { body: string }) => {
    requests += 1;
    const { questions } = JSON.parse(init.body) as { questions: Permission[] };
    const answers = questions.map((permission): CanI => ({
      permission,
      allowed: !refused(permission),
      grantedBy: refused(permission)
        ? [{ kind: "clusterroles.rbac.authorization.k8s.io", name: "periscope:write", tier: "write" }]
        : [],
    }));
    return Promise.resolve(new Response(JSON.stringify({ answers, rbacReadable: true })));
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = () =>
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <ObjectActions subject={subject} />
    </QueryClientProvider>,
  );

it("asks for everything at once, and offers what may be done", async () => {
  refused = () => false;
  show();
  await vi.waitFor(() => expect(requests).toBe(1));
  fireEvent.click(screen.getByRole("button", { name: /^Restart/ }));
  expect(ask).toHaveBeenCalledWith({ ...subject, action: "restart" });
});

it("keeps what is refused in sight, with permission and role on focus", async () => {
  refused = ({ verb }) => verb === "delete";
  show();
  const button = screen.getByRole("button", { name: /^Delete/ });
  await vi.waitFor(() => expect(button.getAttribute("aria-disabled")).toBe("true"));
  await act(() => Promise.resolve(fireEvent.focus(button)));
  expect(screen.getByRole("tooltip").textContent).toBe(
    "You may not delete deployments.apps api in payments on prod-eu.\nGranted by clusterrole periscope:write (tier write).",
  );
  fireEvent.click(button);
  expect(ask).not.toHaveBeenCalled();
});

it("says the same in the menu, where the entry can have the focus too", async () => {
  refused = ({ subresource }) => subresource === "scale";
  show();
  fireEvent.click(screen.getByRole("button", { name: "More" }));
  const entry = screen.getByRole("menuitem", { name: /^Scale/ });
  await vi.waitFor(() =>
    expect(screen.getByRole("menuitem", { name: /^Scale/ }).getAttribute("aria-disabled")).toBe("true"),
  );
  await act(() => Promise.resolve(fireEvent.focus(screen.getByRole("menuitem", { name: /^Scale/ }))));
  expect(screen.getByRole("tooltip").textContent).toContain("patch deployments.apps/scale api in payments");
  expect(entry).toBeDefined();
});
