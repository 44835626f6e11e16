import { useEffect, useRef, useState } from "react";
import type { RevealedKey } from "@/api/actions-contract";
import { revealKey } from "@/api/actions";
import type { ObjectRef, Problem } from "@/api/contract";
import { asApiError } from "@/api/problem";

const SHOWN_MS = 60_000;

export interface Reveal {
  /** Lives in this state alone: no cache, no address, gone with the pane. */
  shown: RevealedKey | null;
  asking: string | null;
  problem: { key: string; problem: Problem } | null;
  reveal: (key: string) => Promise<void>;
  hide: () => void;
}

/** One value of a Secret at a time, for a minute, and not while nobody looks at the page. */
export function useReveal(secret: ObjectRef): Reveal {
  const [shown, setShown] = useState<RevealedKey | null>(null);
  const [asking, setAsking] = useState<string | null>(null);
  const [problem, setProblem] = useState<Reveal["problem"]>(null);
  const wanted = useRef<string | null>(null);
  const hide = () => {
    wanted.current = null;
    setShown(null);
  };
  useEffect(() => {
    if (!shown) return undefined;
    const timer = setTimeout(() => setShown(null), SHOWN_MS);
    const left = () => document.hidden && setShown(null);
    document.addEventListener("visibilitychange", left);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", left);
    };
  }, [shown]);
  useEffect(
    () => () => {
      // An answer that comes after the pane was left is dropped.
      wanted.current = null;
    },
    [],
  );
  const reveal = async (key: string) => {
    wanted.current = key;
    setShown(null);
    setProblem(null);
    setAsking(key);
    try {
      const value = await revealKey(secret, key);
      if (wanted.current === key) setShown(value);
    } catch (error) {
      if (wanted.current === key) setProblem({ key, problem: asApiError(error).problem });
    } finally {
      setAsking((now) => (now === key ? null : now));
    }
  };
  return { shown, asking, problem, reveal, hide };
}
