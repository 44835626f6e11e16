import { useOverview } from "@/api/queries";
import { ErrorNotice } from "@/components/error-notice";
import { Gaps } from "@/components/gaps";
import { SkeletonLines } from "@/ui/skeleton";
import { Status } from "@/ui/tone-mark";

export function OverviewPage({ cluster }: { cluster: string }) {
  const overview = useOverview(cluster);
  if (overview.error && !overview.data)
    return <ErrorNotice error={overview.error} what={`overview of ${cluster}`} onRetry={() => void overview.refetch()} />;
  if (!overview.data) return <SkeletonLines />;
  const { health } = overview.data.data;
  return (
    <div className="h-full overflow-auto px-6 py-5">
      <Status tone={health.tone}>{health.sentence}</Status>
      <Gaps gaps={overview.data.gaps} className="mt-4" />
    </div>
  );
}
