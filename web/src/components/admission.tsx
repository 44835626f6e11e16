import type { Session } from "@/api/contract";
import { useSession } from "@/api/queries";
import { CopyButton } from "@/ui/copy-button";
import { EmptyState } from "@/ui/empty-state";
import { ClusterText } from "./cluster-text";

/** Why a cluster does not admit the person, or null when it does or nothing is known of it. */
export function useNotAdmitted(cluster: string | null): string | null {
  const one = useSession().data?.clusters?.find((each) => each.cluster === cluster);
  if (!one || one.admitted) return null;
  return one.reason ?? "none of your groups may use this cluster";
}

/** What somebody sends to who can let them into a cluster. */
function text(cluster: string, reason: string, session: Session | undefined): string {
  const groups = session?.groups.join(", ") || "none";
  return `The cluster ${cluster} does not admit ${session?.user ?? "me"} in Periscope: ${reason}.\ngroups that arrived: ${groups}`;
}

/** A page of a cluster that somebody may not enter. */
export function NotAdmitted({ cluster, reason }: { cluster: string; reason: string }) {
  const session = useSession().data;
  return (
    <EmptyState
      tone="unknown"
      title={`${cluster} does not admit you`}
      actions={
        <CopyButton text={text(cluster, reason, session)} label="Copy for an administrator">
          Copy for an administrator
        </CopyButton>
      }
    >
      <p>
        <ClusterText text={reason} />. Nothing of it is shown to you, not even how it is.
      </p>
      <p>
        Your groups: <span className="mono">{session?.groups.join(", ") || "none"}</span>
      </p>
    </EmptyState>
  );
}
