import { useSession } from "@/api/queries";
import type { KubectlTarget } from "@/lib/kubectl";

/** How a kubectl line for this cluster says who is asking. Locally the kubeconfig already is the human. */
export function useKubectlTarget(): (cluster: string) => KubectlTarget {
  const { data: session } = useSession();
  const as = session && session.mode !== "local" ? { user: session.user, groups: session.groups } : null;
  return (context) => ({ context, as });
}
