import type { ChainStep, StepKind } from "@/api/aws-contract";

/** What ties two boxes together, and what is clamped onto a role; all else is a box. */
const EDGES: ReadonlySet<StepKind> = new Set(["association", "annotation"]);
const CLAMPS: ReadonlySet<StepKind> = new Set(["sessionPolicy", "boundary", "scp"]);

interface Box {
  step: ChainStep;
  at: number;
  /** What leads to it. */
  edges: { step: ChainStep; at: number }[];
  clamps: { step: ChainStep; at: number }[];
}

/** The steps as boxes with their ties before and their clamps below them. */
export function chainBoxes(chain: readonly ChainStep[]): Box[] {
  const boxes: Box[] = [];
  let edges: Box["edges"] = [];
  chain.forEach((step, at) => {
    const last = boxes.at(-1);
    if (EDGES.has(step.step)) edges.push({ step, at });
    else if (CLAMPS.has(step.step) && last) last.clamps.push({ step, at });
    else {
      boxes.push({ step, at, edges, clamps: [] });
      edges = [];
    }
  });
  const last = boxes.at(-1);
  // A tie that leads nowhere still is to be seen: the role it names does not exist.
  if (last) for (const { step, at } of edges) boxes.push({ step, at, edges: [], clamps: [] });
  return boxes;
}
