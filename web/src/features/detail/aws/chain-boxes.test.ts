import { expect, it } from "vitest";
import type { ChainStep, StepKind } from "@/api/aws-contract";
import { chainBoxes } from "./chain-boxes";

const step = (kind: StepKind): ChainStep => ({ step: kind, label: kind, verdict: "ok" });
const drawn = (...kinds: StepKind[]) =>
  chainBoxes(kinds.map(step)).map(({ step: box, edges, clamps }) => [
    ...edges.map((each) => `-${each.step.step}`),
    box.step,
    ...clamps.map((each) => `+${each.step.step}`),
  ]);

it("draws ties between boxes and limits below the role", () => {
  expect(
    drawn("pod", "serviceAccount", "association", "role", "sessionPolicy", "boundary", "targetRole", "scp"),
  ).toEqual([
    ["pod"],
    ["serviceAccount"],
    ["-association", "role", "+sessionPolicy", "+boundary"],
    ["targetRole", "+scp"],
  ]);
});

it("keeps a tie that leads nowhere in sight", () => {
  expect(drawn("pod", "serviceAccount", "annotation")).toEqual([["pod"], ["serviceAccount"], ["annotation"]]);
});
