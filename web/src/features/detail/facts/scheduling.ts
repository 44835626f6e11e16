/** Why no node takes a pod, cut out of the scheduler's one long sentence. */
export interface Unschedulable {
  /** `0/61`, when the message says so. */
  nodes?: string;
  reasons: { count: number; reason: string }[];
  /** What the scheduler says about preemption, and anything that does not fit. */
  rest: string;
}

const HEAD = /^(\d+\/\d+) nodes are available: /;

/** `0/61 nodes are available: 12 Insufficient cpu, 3 node(s) had untolerated taint {a: b}. preemption: …` */
export function parseUnschedulable(message: string): Unschedulable {
  const head = HEAD.exec(message);
  if (!head) return { reasons: [], rest: message };
  const body = message.slice(head[0].length);
  const end = /\.(\s+(?=preemption:|no new claims)|\s*$)/.exec(body);
  const list = end ? body.slice(0, end.index) : body;
  const rest = end ? body.slice(end.index + 1).trim() : "";
  // A comma parts reasons only where a count follows: taints and selectors have commas of their own.
  const reasons = list.split(/, (?=\d+ )/).flatMap((part) => {
    const match = /^(\d+) (.+)$/.exec(part.trim());
    return match ? [{ count: Number(match[1]), reason: (match[2] ?? "").replace(/^node\(s\) /, "") }] : [];
  });
  return {
    nodes: head[1] ?? "",
    reasons: reasons.sort((a, b) => b.count - a.count),
    rest: reasons.length > 0 ? rest : message,
  };
}
