import { describe, expect, it } from "vitest";
import type { AwsStatus } from "@/api/aws-contract";
import { byFeature, readingWords } from "./reading-words";

type Capability = AwsStatus["capabilities"][number];
const need = (feature: string, action: string, state: Capability["state"]): Capability => ({
  feature,
  about: feature,
  action,
  resource: "*",
  state,
});
const part = (state: AwsStatus["parts"][number]["state"]) => ({ part: "iam" as const, state, gaps: [] });

describe("what Periscope may ask of AWS", () => {
  it("is told by feature, those that lack something first", () => {
    const features = byFeature([
      need("a", "iam:GetRole", "allowed"),
      need("b", "eks:ListAccessEntries", "denied"),
      need("a", "iam:ListRoles", "unknown"),
      need("c", "iam:GetPolicy", "allowed"),
    ]);
    expect(features.map(({ id, state, needs }) => [id, state, needs.length])).toEqual([
      ["b", "denied", 1],
      ["a", "unknown", 2],
      ["c", "allowed", 1],
    ]);
  });
  it("counts what was read and what was refused", () => {
    expect(
      readingWords({ parts: [part("live"), part("refused")], capabilities: [need("a", "x:Y", "denied")] }),
    ).toBe("What Periscope reads of AWS: 1 of 2 parts, 1 permission refused");
    expect(readingWords({ parts: [part("live")], capabilities: [] })).toBe(
      "What Periscope reads of AWS: all 1 part",
    );
  });
});
