import type { DrainRunPod } from "@/api/actions-contract";
import { ClusterText } from "@/components/cluster-text";
import { ObjectLink } from "@/components/object-link";
import { TONE_TEXT, ToneMark, type ToneName } from "@/ui/tone-mark";

type PodState = DrainRunPod["state"];

const STATES: Record<PodState, { tone: ToneName; word: string }> = {
  failed: { tone: "danger", word: "failed" },
  blocked: { tone: "warning", word: "blocked" },
  evicting: { tone: "notice", word: "evicting" },
  terminating: { tone: "notice", word: "ending" },
  waiting: { tone: "neutral", word: "waiting" },
  skipped: { tone: "neutral", word: "stays" },
  gone: { tone: "ok", word: "gone" },
};
const ORDER = Object.keys(STATES) as PodState[];

function PodLine({ pod, cluster }: { pod: DrainRunPod; cluster: string }) {
  const { namespace, name, state, reason, blockedBy } = pod;
  const { tone, word } = STATES[state];
  return (
    <li className="flex min-w-0 items-baseline gap-2 border-b border-line py-0.5 last:border-b-0 max-md:flex-wrap">
      <ToneMark tone={tone} className="translate-y-px" />
      <span className={`w-16 shrink-0 text-sm ${TONE_TEXT[tone]}`}>{word}</span>
      <ObjectLink object={{ cluster, kind: "pods", namespace, name }} namespace className="min-w-0" />
      <span className="ml-auto min-w-0 truncate text-right text-sm text-text-2" title={reason ?? undefined}>
        {blockedBy && (
          <>
            held by{" "}
            <ObjectLink
              object={{ cluster, kind: "poddisruptionbudgets.policy", namespace, name: blockedBy }}
            />
            {reason && " · "}
          </>
        )}
        {reason && <ClusterText text={reason} />}
      </span>
    </li>
  );
}

/** Every pod of a node that is drained; what is in the way first. */
export function DrainPods({ pods, cluster }: { pods: readonly DrainRunPod[]; cluster: string }) {
  const sorted = [...pods].sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
  return (
    <section aria-label={`pods on ${cluster}`}>
      <ul className="rounded border border-line px-3">
        {sorted.map((pod) => (
          <PodLine key={`${pod.namespace} ${pod.name}`} pod={pod} cluster={cluster} />
        ))}
      </ul>
    </section>
  );
}
