// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { Session } from "@/api/contract";
import { DeniedPage, deniedText } from "./denied-page";

const session: Session = {
  mode: "oidc",
  user: "carol@corp",
  displayName: "Carol",
  issuer: "https://idp.corp",
  subject: "00u7",
  groups: ["dev", "a\u202eb"],
  admission: { admitted: false, allowedGroups: ["sre"] },
  auditAdmin: false,
  sessionAdmin: false,
  clusters: [],
  serverVersion: "0.1.0",
};

afterEach(cleanup);

it("says who one is, what arrived, and what would help", () => {
  const { container } = render(<DeniedPage session={session} onRetry={() => undefined} />);
  for (const part of ["carol@corp", "00u7 of https://idp.corp", "dev", "sre"])
    expect(container.textContent).toContain(part);
  // What a provider sends is shown with what is invisible in it.
  expect(screen.getByText("U+202E")).toBeDefined();
});

it("says so when no group arrived", () => {
  render(<DeniedPage session={{ ...session, groups: [] }} onRetry={() => undefined} />);
  expect(screen.getByText("none arrived from the identity provider")).toBeDefined();
});

it("says that one is still signed in when signing out failed", async () => {
  const problem = {
    title: "Service Unavailable",
    status: 503,
    code: "sessions_unavailable",
    detail: "try again",
  };
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(problem), { status: 503 })));
  render(<DeniedPage session={session} onRetry={() => undefined} />);
  fireEvent.click(screen.getByRole("button", { name: "Sign out" }));
  expect((await screen.findByRole("alert")).textContent).toBe("You are still signed in: try again");
  vi.unstubAllGlobals();
});

it("is a text for who can help", () =>
  expect(deniedText({ ...session, groups: ["dev"] })).toBe(
    [
      "Periscope does not admit carol@corp.",
      "identity: 00u7 of https://idp.corp",
      "groups that arrived: dev",
      "groups that would let in: sre",
    ].join("\n"),
  ));
