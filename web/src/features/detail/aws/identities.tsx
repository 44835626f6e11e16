import { useState } from "react";
import type { AwsAccess, Identity, Workload } from "@/api/aws-contract";
import { useWorkloadPods } from "@/api/aws-queries";
import { asApiError } from "@/api/problem";
import { WorkloadLink } from "@/components/aws/workload-link";
import { ClusterText } from "@/components/cluster-text";
import { plural } from "@/lib/quantity";
import { Age } from "@/ui/age";
import { SkeletonLines } from "@/ui/skeleton";
import { ToneMark } from "@/ui/tone-mark";

const tone = ({ state, source }: Identity) =>
  state === "stale" || source === "staticKeys" ? "warning" : source === "none" ? "neutral" : "ok";

/** Each pod with the identity that it really has. */
function Pods({ subject }: { subject: Workload }) {
  const { data, error } = useWorkloadPods(subject, true);
  if (error) return <p className="text-sm text-danger">{asApiError(error).problem.detail}</p>;
  if (!data) return <SkeletonLines count={3} />;
  return (
    <ul className="mt-1 border-l border-line pl-3">
      {data.data.pods.map(({ name, words }) => (
        <li key={name} className="flex flex-wrap items-baseline gap-x-2 py-0.5">
          <WorkloadLink workload={{ ...subject, kind: "pods", name }} namespace={false} />
          <span className="text-sm text-text-3">
            <ClusterText text={words} />
          </span>
        </li>
      ))}
      {data.data.total > data.data.pods.length && (
        <li className="label">
          the first {data.data.pods.length} of {plural(data.data.total, "pod")}
        </li>
      )}
    </ul>
  );
}

/** Whose identity the running pods have, and what a restart would change. */
export function Identities({ access }: { access: AwsAccess }) {
  const { identities, afterRestart, subject } = access;
  const [open, setOpen] = useState(false);
  const pods = identities.reduce((sum, each) => sum + each.pods, 0);
  if (identities.length === 0 && !afterRestart) return null;
  const plain = identities.length === 1 && identities[0]?.state === "inForce" && !afterRestart;
  return (
    <section aria-label="identities in force" className="mt-3">
      {!plain && (
        <ul>
          {identities.map((identity) => (
            <li key={identity.words} className="flex items-baseline gap-2 py-0.5">
              <ToneMark tone={tone(identity)} />
              <span className="min-w-0 [overflow-wrap:anywhere]">
                <span className="tabular-nums">{plural(identity.pods, "pod")}</span>{" "}
                <ClusterText text={identity.words} />
                {identity.since && (
                  <span className="text-text-3">
                    {" "}
                    · since <Age at={identity.since} />
                  </span>
                )}
              </span>
            </li>
          ))}
          {afterRestart && (
            <li className="flex items-baseline gap-2 py-0.5 text-warning">
              <ToneMark tone="warning" />
              <span className="min-w-0 [overflow-wrap:anywhere]">
                After a restart: <ClusterText text={afterRestart.words} />
              </span>
            </li>
          )}
        </ul>
      )}
      {subject.kind !== "pods" && pods > 0 && (
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="link text-sm">
          {open ? "hide the pods" : `show ${plural(pods, "pod")}`}
        </button>
      )}
      {open && <Pods subject={subject} />}
    </section>
  );
}
