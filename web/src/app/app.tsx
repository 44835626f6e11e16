import { lazy, Suspense } from "react";
import { usePathname } from "./use-place";
import { parsePlace, type Place } from "@/lib/place";
import { EmptyState } from "@/ui/empty-state";
import { SkeletonLines } from "@/ui/skeleton";
import { ListPage } from "@/features/list/list-page";
import { ErrorBoundary } from "./error-boundary";

const FleetPage = lazy(async () => ({ default: (await import("@/features/fleet/fleet-page")).FleetPage }));
const OverviewPage = lazy(async () => ({ default: (await import("@/features/overview/overview-page")).OverviewPage }));
const DetailPane = lazy(async () => ({ default: (await import("@/features/detail/detail-pane")).DetailPane }));

function Page({ place }: { place: Place }) {
  switch (place.page) {
    case "fleet":
      return <FleetPage />;
    case "overview":
      return <OverviewPage cluster={place.cluster} />;
    case "list":
      return <ListPage cluster={place.cluster} kind={place.kind} />;
    case "object":
      return <DetailPane {...place} tab="" onTab={() => undefined} />;
    default:
      return <EmptyState title="There is no such page" />;
  }
}

export function App() {
  const path = usePathname();
  return (
    <ErrorBoundary place={path}>
      <Suspense fallback={<SkeletonLines />}>
        <Page place={parsePlace(path)} />
      </Suspense>
    </ErrorBoundary>
  );
}
