// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { Finding } from "@/api/aws-contract";
import { FindingCard } from "./finding-card";

const ROLE = "arn:aws:iam::111122223333:role/team/api";
const workload = (name: string) => ({ cluster: "c", kind: "deployments.apps", namespace: "shop", name });
const finding = (more: Partial<Finding> = {}): Finding => ({
  id: "pass-role-any",
  title: "May pass any role to a service",
  severity: "high",
  cluster: "c",
  subject: { kind: "role", name: "api", arn: ROLE },
  evidence: [],
  fix: "name the roles",
  certainty: "exact",
  workloads: [],
  ...more,
});
const href = (name: string) => screen.getByRole("link", { name }).getAttribute("href");

afterEach(cleanup);

describe("a finding", () => {
  it("leads to what it is about", () => {
    render(<FindingCard finding={finding()} />);
    expect(href("api")).toBe(`/c/c/aws/access?tab=roles&open=${ROLE}`);
    cleanup();
    const subject = { kind: "serviceAccount", namespace: "shop", name: "cart" } as const;
    render(<FindingCard finding={finding({ subject })} />);
    expect(href("shop / cart")).toBe("/c/c/aws/access?tab=service-accounts&open=shop/cart");
    cleanup();
    render(<FindingCard finding={finding({ subject: { kind: "principal", name: "ops", arn: ROLE } })} />);
    expect(href("ops")).toBe(`/c/c/aws/access?open=${ROLE}`);
  });

  it("names every workload when asked, and not the one on whose page it stands", () => {
    const workloads = ["a", "b", "d", "e", "f", "g", "h", "i"].map(workload);
    render(<FindingCard finding={finding({ workloads })} of={workload("a")} />);
    expect(screen.queryByRole("link", { name: "shop / a" })).toBeNull();
    expect(screen.queryByRole("link", { name: "shop / i" })).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "and 1 other" }));
    expect(screen.getByRole("link", { name: "shop / i" })).toBeTruthy();
    cleanup();
    render(<FindingCard finding={finding({ workloads: [workload("a")] })} of={workload("a")} />);
    expect(screen.queryByText("affects")).toBeNull();
  });
});
