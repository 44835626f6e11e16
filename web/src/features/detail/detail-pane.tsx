import { useObject } from "@/api/queries";
import { ErrorNotice } from "@/components/error-notice";
import { SkeletonLines } from "@/ui/skeleton";

export interface DetailPaneProps {
  cluster: string;
  kind: string;
  /** Null for a cluster-scoped object. */
  namespace: string | null;
  name: string;
  /** From the URL; empty means the first tab. */
  tab: string;
  onTab: (tab: string) => void;
}

export function DetailPane({ cluster, kind, namespace, name }: DetailPaneProps) {
  const object = useObject({ cluster, kind, namespace, name });
  if (object.error && !object.data) return <ErrorNotice error={object.error} what={`${kind} ${name}`} onRetry={() => void object.refetch()} />;
  if (!object.data) return <SkeletonLines />;
  return <pre className="mono overflow-auto p-4">{JSON.stringify(object.data.data.object, null, 2)}</pre>;
}
