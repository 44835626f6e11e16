import { useEffect, useState } from "react";
import type { Answer } from "@/api/contract";

/** Whether everything that an answer rests on has been read. */
export const isComplete = (answer: Answer<unknown> | undefined): boolean =>
  answer !== undefined && !answer.sources.some(({ state }) => state.phase === "connecting");

/**
 * True once everything has come, or `patience` milliseconds have passed, and from then on: parts that arrive
 * together are drawn together, so that nothing moves under the reader's eye, and a slow part holds nobody up.
 */
export function useSettled(come: boolean, patience = 300): boolean {
  const [settled, setSettled] = useState(come);
  useEffect(() => {
    if (settled) return undefined;
    const timer = setTimeout(() => setSettled(true), come ? 0 : patience);
    return () => clearTimeout(timer);
  }, [come, settled, patience]);
  return settled || come;
}
