// What the human may do, asked before anything is offered: many small questions, few requests.
import { useQueries } from "@tanstack/react-query";
import type { CanI, CanIAnswer } from "./actions-contract";
import type { Permission } from "./contract";
import { apiPath, postJson } from "./http";

/** The server takes no more at a time. */
const MOST = 64;
/** How long an answer may be relied on: what it was given for is asked for again by the server anyway. */
const FRESH_MS = 30_000;

export interface Permitted extends CanI {
  /** Roles could be read: that none is named means that there is none. */
  rbacReadable: boolean;
}

interface Waiting {
  permission: Permission;
  resolve: (answer: Permitted) => void;
  reject: (error: unknown) => void;
}

type Ask = (cluster: string, questions: Permission[]) => Promise<CanIAnswer>;

/** Collects what is asked within one task, and asks at most 64 at a time. */
export function createBatcher(ask: Ask) {
  const waiting = new Map<string, Waiting[]>();
  const flush = async (cluster: string, batch: Waiting[]) => {
    try {
      const { answers, rbacReadable } = await ask(
        cluster,
        batch.map(({ permission }) => permission),
      );
      batch.forEach(({ resolve, reject }, at) => {
        const answer = answers[at];
        if (answer) resolve({ ...answer, rbacReadable });
        else reject(new Error("the server left a question without an answer"));
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  return (cluster: string, permission: Permission): Promise<Permitted> =>
    new Promise((resolve, reject) => {
      const queue = waiting.get(cluster) ?? [];
      queue.push({ permission, resolve, reject });
      if (queue.length > 1) return;
      waiting.set(cluster, queue);
      setTimeout(() => {
        waiting.delete(cluster);
        for (let at = 0; at < queue.length; at += MOST) void flush(cluster, queue.slice(at, at + MOST));
      });
    });
}

const askServer = createBatcher((cluster, questions) =>
  postJson<CanIAnswer>(apiPath(["clusters", cluster, "can-i"]), { questions }),
);

export interface Question {
  cluster: string;
  permission: Permission;
}

export const questionKey = ({ cluster, permission: p }: Question): string =>
  [cluster, p.verb, p.group, p.resource, p.subresource ?? "", p.namespace ?? "", p.name ?? ""].join(" ");

export interface CanIState {
  /** Undefined: not known yet. Null: could not be asked. */
  of: (question: Question) => Permitted | null | undefined;
}

/** The answers to all questions. They are asked again as long as somebody looks at what hangs on them. */
export function useCanI(questions: Question[]): CanIState {
  const different = [...new Map(questions.map((question) => [questionKey(question), question])).values()];
  const results = useQueries({
    queries: different.map(({ cluster, permission }) => ({
      queryKey: ["can-i", questionKey({ cluster, permission })],
      queryFn: () => askServer(cluster, permission),
      staleTime: FRESH_MS,
      gcTime: FRESH_MS,
      refetchInterval: FRESH_MS,
    })),
  });
  const known = new Map(
    different.map((question, at) => {
      const result = results[at];
      return [questionKey(question), result?.data ?? (result?.error ? null : undefined)] as const;
    }),
  );
  return { of: (question) => known.get(questionKey(question)) };
}
