// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { WhyAnswer } from "@/api/aws-contract";
import { Trace } from "./why-trace";

const why = (more: Partial<WhyAnswer> = {}): WhyAnswer => ({
  question: "Can shop/cart do s3:GetObject on any resource?",
  verdict: { decision: "denied", blockedBy: [] },
  reasons: [],
  layers: [
    { layer: "boundary", verdict: "none", words: "there is no permissions boundary" },
    { layer: "endpoint", verdict: "notSeen", words: "policies of VPC endpoints are not read" },
  ],
  steps: [],
  action: "s3:GetObject",
  resource: "*",
  assumptions: [],
  ...more,
});
const row = (name: RegExp) => screen.getByRole("row", { name });

afterEach(cleanup);

describe("the trace of a decision", () => {
  it("draws a layer that is not there unlike one that was not seen", () => {
    render(<Trace why={why()} />);
    expect(row(/boundary/).querySelector("svg")).toBeNull();
    expect(
      row(/endpoint/)
        .querySelector("circle")
        ?.getAttribute("stroke-dasharray"),
    ).toBeTruthy();
  });

  it("does not say that nothing grants what was not decided", () => {
    render(<Trace why={why()} />);
    expect(screen.getByText(/what nothing grants is not allowed/)).toBeTruthy();
    cleanup();
    const condition = "its role was not read";
    render(<Trace why={why({ verdict: { decision: "unknown", condition, blockedBy: [] }, layers: [] })} />);
    expect(screen.getByText("not known: its role was not read")).toBeTruthy();
    expect(screen.queryByText(/what nothing grants/)).toBeNull();
    expect(screen.queryByText("Layers")).toBeNull();
  });

  it("asks AWS itself of the role that decides, and of no other", () => {
    render(<Trace why={why()} />);
    expect(screen.queryByLabelText("AWS CLI")).toBeNull();
    cleanup();
    const roleArn = "arn:aws:iam::999988887777:role/lake/target";
    render(<Trace why={why({ roleArn, resource: "arn:aws:s3:::a b/*" })} />);
    expect(screen.getByLabelText("AWS CLI").textContent).toBe(
      `aws iam simulate-principal-policy --policy-source-arn ${roleArn} --action-names s3:GetObject --resource-arns 'arn:aws:s3:::a b/*'`,
    );
  });
});
