import type { DrainPlanPod } from "@/api/actions-contract";
import { ObjectLink } from "@/components/object-link";
import { plural } from "@/lib/quantity";
import { Disclosure } from "@/ui/disclosure";
import { ToneMark, type ToneName } from "@/ui/tone-mark";

type Fate = DrainPlanPod["fate"];

const FATES: Record<Fate, { tone: ToneName; one: string; many: string }> = {
  blocked: {
    tone: "danger",
    one: "pod is held by its disruption budget",
    many: "pods are held by disruption budgets",
  },
  unmanaged: {
    tone: "danger",
    one: "pod is owned by nothing: no pod is evicted unless it may go",
    many: "pods are owned by nothing: no pod is evicted unless they may go",
  },
  emptyDir: {
    tone: "danger",
    one: "pod keeps data in emptyDir: no pod is evicted unless it may be lost",
    many: "pods keep data in emptyDir: no pod is evicted unless it may be lost",
  },
  evict: { tone: "ok", one: "pod is evicted", many: "pods are evicted" },
  finished: {
    tone: "neutral",
    one: "pod has ended: it is removed",
    many: "pods have ended: they are removed",
  },
  daemonSet: { tone: "neutral", one: "pod of a DaemonSet stays", many: "pods of DaemonSets stay" },
  mirror: { tone: "neutral", one: "static pod stays", many: "static pods stay" },
};
const ORDER = Object.keys(FATES) as Fate[];

/** Why nothing would be evicted at all, or null: such pods have to be allowed first, as with kubectl. */
export function standsAgainst(pods: readonly DrainPlanPod[]): string | null {
  const has = (fate: Fate) => pods.some((pod) => pod.fate === fate);
  if (has("emptyDir"))
    return "pods with local data stand against it: allow them to lose it, or nothing is evicted";
  if (has("unmanaged"))
    return "pods that nothing owns stand against it: allow them to go, or nothing is evicted";
  return null;
}

/** The pods of the nodes, by what becomes of them; what holds the drain up first. */
export function DrainPlan({ pods, cluster }: { pods: readonly DrainPlanPod[]; cluster: string }) {
  if (pods.length === 0) return <p className="text-text-2">No pods run there.</p>;
  return (
    <section aria-label={`pods on ${cluster}`} className="flex flex-col gap-0.5">
      {ORDER.map((fate) => {
        const group = pods.filter((pod) => pod.fate === fate);
        if (group.length === 0) return null;
        const { tone, one, many } = FATES[fate];
        return (
          <Disclosure
            key={fate}
            open={fate === "blocked"}
            summary={
              <>
                <ToneMark tone={tone} className="mr-1" />
                <span className="text-text-1">{plural(group.length, one, many)}</span>
              </>
            }
          >
            <ul className="max-h-48 overflow-auto py-0.5 pl-[34px]">
              {group.map(({ namespace, name, blockedBy }) => (
                <li key={`${namespace} ${name}`} className="flex min-w-0 items-baseline gap-2 text-sm">
                  <ObjectLink object={{ cluster, kind: "pods", namespace, name }} namespace />
                  {blockedBy && (
                    <span className="min-w-0 truncate text-text-3">
                      held by{" "}
                      <ObjectLink
                        object={{
                          cluster,
                          kind: "poddisruptionbudgets.policy",
                          namespace,
                          name: blockedBy,
                        }}
                        className="text-text-2"
                      />
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </Disclosure>
        );
      })}
    </section>
  );
}
