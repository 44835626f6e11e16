import { useFleet } from "@/api/queries";
import { ErrorNotice } from "@/components/error-notice";
import { Gaps } from "@/components/gaps";
import { Link } from "@/components/link";
import { overviewHref } from "@/lib/place";
import { SkeletonLines } from "@/ui/skeleton";
import { Status } from "@/ui/tone-mark";

export function FleetPage() {
  const fleet = useFleet();
  if (fleet.error && !fleet.data) return <ErrorNotice error={fleet.error} what="the fleet" onRetry={() => void fleet.refetch()} />;
  if (!fleet.data) return <SkeletonLines />;
  return (
    <div className="h-full overflow-auto px-6 py-5">
      <ul>
        {fleet.data.data.clusters.map(({ cluster, health }) => (
          <li key={cluster.id} className="flex gap-4 border-b border-line py-2">
            <Link href={overviewHref(cluster.id)} className="w-40 hover:underline">
              {cluster.name}
            </Link>
            <Status tone={health.tone}>{health.sentence}</Status>
          </li>
        ))}
      </ul>
      <Gaps gaps={fleet.data.gaps} className="mt-4" />
    </div>
  );
}
