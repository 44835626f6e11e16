// How the results of a run are spoken of.
import type { ActionRun, ResultState } from "@/api/actions-contract";
import { plural } from "@/lib/quantity";
import type { ToneName } from "@/ui/tone-mark";

export const RESULTS: Record<ResultState, { tone: ToneName; word: string }> = {
  waiting: { tone: "neutral", word: "waiting" },
  running: { tone: "notice", word: "under way" },
  success: { tone: "ok", word: "done" },
  failure: { tone: "danger", word: "failed" },
  denied: { tone: "warning", word: "refused" },
  unknown: { tone: "unknown", word: "not known" },
  cancelled: { tone: "neutral", word: "cancelled" },
};

/** What needs a look comes first. */
const ORDER: ResultState[] = ["failure", "denied", "unknown", "running", "waiting", "cancelled", "success"];
export const resultRank = (state: ResultState): number => ORDER.indexOf(state);

const count = ({ results }: ActionRun, state: ResultState) =>
  results.filter((result) => result.state === state).length;

/** `3 done, 1 refused`. */
export function resultWords(run: ActionRun): string {
  const parts = [...ORDER].reverse().flatMap((state) => {
    const found = count(run, state);
    return found > 0 ? `${found} ${RESULTS[state].word}` : [];
  });
  return parts.join(", ");
}

/** The worst that happened, for the mark beside the sentence. */
export function runTone(run: ActionRun): ToneName {
  if (run.state === "running") return "notice";
  const worst = ORDER.find((state) => count(run, state) > 0 && state !== "success");
  return worst ? RESULTS[worst].tone : "ok";
}

/** How it stands, as a sentence. */
export function runSentence(run: ActionRun): string {
  if (run.state === "running") return `${run.done} of ${run.total} done`;
  if (run.state === "cancelled") return `cancelled: ${resultWords(run)}`;
  const good = count(run, "success");
  if (good === run.results.length) return good === 1 ? "done" : `all ${good} done`;
  return run.results.length === 1 ? resultWords(run).replace(/^1 /, "") : resultWords(run);
}

/** `2 blocked, 5 gone of 12 pods`. */
export function drainSentence(pods: NonNullable<ActionRun["drain"]>["pods"]): string {
  const of = (state: string) => pods.filter((pod) => pod.state === state).length;
  const moving = pods.length - of("skipped");
  const parts = [`${of("gone")} of ${plural(moving, "pod")} gone`];
  for (const state of ["evicting", "terminating", "blocked", "failed"]) {
    const found = of(state);
    if (found > 0) parts.push(`${found} ${state}`);
  }
  if (of("skipped") > 0) parts.push(`${of("skipped")} ${of("skipped") === 1 ? "stays" : "stay"}`);
  return parts.join(", ");
}
