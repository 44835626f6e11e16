import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { Redirect } from "wouter";
import { useStreamStatus } from "@/api/live";
import { asApiError } from "@/api/problem";
import { useSession } from "@/api/queries";
import { NotAdmitted, useNotAdmitted } from "@/components/admission";
import { ErrorNotice } from "@/components/error-notice";
import { usePageTab } from "@/components/use-list-state";
import { ListPage } from "@/features/list/list-page";
import { type OpenRow, type Place } from "@/lib/place";
import { hereToReturn } from "@/lib/return-path";
import { EmptyState } from "@/ui/empty-state";
import { SkeletonLines } from "@/ui/skeleton";
import { ErrorBoundary } from "./error-boundary";
import { Shell } from "./shell/shell";
import { clusterOf, usePlace } from "./use-place";
import { useSignedOut } from "./use-signed-out";

const FleetPage = lazy(async () => ({ default: (await import("@/features/fleet/fleet-page")).FleetPage }));
const OverviewPage = lazy(async () => ({
  default: (await import("@/features/overview/overview-page")).OverviewPage,
}));
const DetailPane = lazy(async () => ({
  default: (await import("@/features/detail/detail-pane")).DetailPane,
}));
const AuditPage = lazy(async () => ({ default: (await import("@/features/audit/audit-page")).AuditPage }));
const AccessPage = lazy(async () => ({ default: (await import("@/features/aws/access-page")).AccessPage }));
const WhoCanPage = lazy(async () => ({ default: (await import("@/features/aws/who-can-page")).WhoCanPage }));
const FindingsPage = lazy(async () => ({
  default: (await import("@/features/aws/findings-page")).FindingsPage,
}));
const SettingsPage = lazy(async () => ({
  default: (await import("@/features/settings/settings-page")).SettingsPage,
}));
const SessionsPage = lazy(async () => ({
  default: (await import("@/features/settings/sessions-page")).SessionsPage,
}));
const DeniedPage = lazy(async () => ({
  default: (await import("@/features/sign-in/denied-page")).DeniedPage,
}));
const SignInPage = lazy(async () => ({
  default: (await import("@/features/sign-in/sign-in-page")).SignInPage,
}));

const loading = (
  <div className="p-6">
    <SkeletonLines />
  </div>
);

/** A part that may break or load by itself, without taking its surroundings with it. */
function Part({ place, children }: { place: string; children: ReactNode }) {
  return (
    <ErrorBoundary place={place}>
      <Suspense fallback={loading}>{children}</Suspense>
    </ErrorBoundary>
  );
}

const rowPlace = (kind: string, open: OpenRow) =>
  `${kind}/${open.cluster}/${open.namespace ?? "_"}/${open.name}`;

function ObjectPage({ place }: { place: Extract<Place, { page: "object" }> }) {
  const [tab, onTab] = usePageTab();
  const { cluster, kind, namespace, name } = place;
  return (
    <DetailPane
      key={`${cluster}/${kind}/${namespace ?? "_"}/${name}`}
      {...{ cluster, kind, namespace, name, tab, onTab }}
    />
  );
}

function Page({ place }: { place: Place }) {
  const cluster = clusterOf(place);
  const refused = useNotAdmitted(cluster);
  if (cluster !== null && refused !== null) return <NotAdmitted cluster={cluster} reason={refused} />;
  switch (place.page) {
    case "fleet":
      return <FleetPage />;
    case "overview":
      return <OverviewPage key={place.cluster} cluster={place.cluster} />;
    case "list":
      return (
        <ListPage
          key={`${place.cluster ?? ""}/${place.kind}`}
          cluster={place.cluster}
          kind={place.kind}
          renderDetail={(open, tab, onTab) => (
            <Part place={rowPlace(place.kind, open)}>
              <DetailPane
                key={rowPlace(place.kind, open)}
                {...open}
                kind={place.kind}
                tab={tab}
                onTab={onTab}
              />
            </Part>
          )}
        />
      );
    case "object":
      return <ObjectPage place={place} />;
    case "access":
      return <AccessPage key={place.cluster} cluster={place.cluster} />;
    case "who-can":
      return <WhoCanPage />;
    case "aws-findings":
      return <FindingsPage />;
    case "audit":
      return <AuditPage />;
    case "settings":
      return <SettingsPage />;
    case "sessions":
      return <SessionsPage />;
    default:
      return (
        <EmptyState title="There is no such page">
          The address does not name a page of this console.
        </EmptyState>
      );
  }
}

const SIGNED_IN = "periscope.signed-in";

/**
 * Whether to ask for everything at once. Somebody who was signed in here before most likely still is;
 * for anybody else, only the session is asked for, so that a stranger's page does not fail six times.
 */
function useLikelySignedIn(answer: boolean | null): boolean {
  const [likely] = useState(() => localStorage.getItem(SIGNED_IN) !== null);
  useEffect(() => {
    if (answer === true) localStorage.setItem(SIGNED_IN, "1");
    if (answer === false) localStorage.removeItem(SIGNED_IN);
  }, [answer]);
  return answer ?? likely;
}

export function App() {
  const place = usePlace();
  const session = useSession();
  const stream = useStreamStatus();
  const unknown = session.error !== null && asApiError(session.error).problem.status === 401;
  const likely = useLikelySignedIn(session.data ? true : unknown ? false : null);
  const signedOut = useSignedOut(session);
  // Where somebody was signed in, the page stays: only a tab in which nobody was asks at once.
  const nobody = !session.data && (unknown || (stream.phase === "signed-out" && !session.isFetching));
  if (nobody || (signedOut !== null && place.page === "sign-in")) {
    return (
      <Part place="sign-in">
        <SignInPage />
      </Part>
    );
  }
  // The page for signing in is left only by who is known to be signed in.
  if (session.isPending && (!likely || place.page === "sign-in")) return loading;
  if (session.data?.admission?.admitted === false) {
    return (
      <Part place="denied">
        <DeniedPage session={session.data} onRetry={() => location.reload()} />
      </Part>
    );
  }
  if (place.page === "sign-in") return <Redirect to={hereToReturn(location)} replace />;
  return (
    <Shell place={place} signedOut={signedOut}>
      {session.error && !session.data ? (
        <ErrorNotice error={session.error} what="your session" onRetry={() => void session.refetch()} />
      ) : (
        <Part place={location.pathname}>
          <Page place={place} />
        </Part>
      )}
    </Shell>
  );
}
