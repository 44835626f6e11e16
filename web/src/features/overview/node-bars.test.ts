import { expect, it } from "vitest";
import type { NodeCapacity } from "@/api/contract";
import { nodeBars } from "./node-bars";

it("tells over-commitment and what was not measured apart from zero", () => {
  const amounts = { allocatable: 100, requested: 120, used: null };
  const node: NodeCapacity = {
    node: "n",
    cpu: amounts,
    memory: { allocatable: 0, requested: 5, used: 1 },
    pods: { allocatable: 1, requested: 1 },
    tone: "ok",
  };
  expect(nodeBars([node], "cpu")).toEqual([{ node: "n", tone: "ok", requested: 1.2, used: null }]);
  expect(nodeBars([node], "memory")).toEqual([{ node: "n", tone: "ok", requested: 0, used: 0 }]);
});
