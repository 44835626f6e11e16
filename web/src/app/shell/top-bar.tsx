import { Menu as MenuIcon, Search } from "lucide-react";
import { useClusters } from "@/api/queries";
import { useStreamStatus } from "@/api/live";
import { Link } from "@/components/link";
import { RunsButton } from "@/components/runs/runs-button";
import { StateMark } from "@/components/state-mark";
import { kindTitle, useKind } from "@/components/use-kinds";
import { listHref, type Place } from "@/lib/place";
import { Age } from "@/ui/age";
import { Button } from "@/ui/button";
import { Kbd, MOD } from "@/ui/kbd";
import { ToneMark } from "@/ui/tone-mark";
import { clusterOf } from "../use-place";
import { UserMenu } from "./user-menu";

function Title({ place }: { place: Place }) {
  const kind = useKind(clusterOf(place), "kind" in place ? place.kind : "");
  if (place.page === "object") {
    const title = kindTitle(kind, place.kind);
    return (
      <div className="flex min-w-0 items-baseline gap-2">
        <span className="hidden truncate text-text-2 sm:inline">
          {place.namespace && `${place.namespace} / `}
          <Link className="hover:underline" href={listHref(place.cluster, place.kind)}>
            {title}
          </Link>
        </span>
        <h1 className="mono truncate text-[13px] font-semibold">{place.name}</h1>
      </div>
    );
  }
  return (
    <h1 className="truncate text-lg font-semibold">
      {placeTitle(place, kindTitle(kind, "kind" in place ? place.kind : ""))}
    </h1>
  );
}

export function placeTitle(place: Place, kind: string): string {
  switch (place.page) {
    case "fleet":
      return "Fleet";
    case "overview":
      return "Overview";
    case "list":
      return kind;
    case "object":
      return place.name;
    case "access":
      return "Cluster access";
    case "who-can":
      return "Who can";
    case "aws-findings":
      return "AWS findings";
    case "audit":
      return "Audit";
    case "settings":
      return "Settings";
    case "sessions":
      return "Sessions";
    default:
      return "Periscope";
  }
}

/** Live, stale or disconnected: of this tab first, then of the cluster. */
function LiveState({ cluster }: { cluster: string | null }) {
  const stream = useStreamStatus();
  const clusters = useClusters();
  if (stream.phase === "stale") {
    return (
      <span role="status" className="inline-flex items-center gap-1.5 text-sm whitespace-nowrap text-warning">
        <ToneMark tone="warning" /> disconnected <Age at={stream.since / 1000} />
      </span>
    );
  }
  // Nothing on this page is live.
  if (stream.phase === "idle") return null;
  if (stream.phase !== "live") return <StateMark state={{ phase: "connecting", since: "" }} />;
  const one = clusters.data?.find((each) => each.id === cluster);
  if (one) return <StateMark state={one.state} />;
  const live = clusters.data?.filter((each) => each.state.phase === "live").length ?? 0;
  const all = clusters.data?.length ?? 0;
  return (
    <span className="inline-flex items-center gap-1.5 text-sm whitespace-nowrap text-text-2">
      <ToneMark tone={live === all ? "ok" : "warning"} /> {live} of {all} clusters live
    </span>
  );
}

interface TopBarProps {
  place: Place;
  onMenu: () => void;
  onSearch: () => void;
  onKeys: () => void;
}

export function TopBar({ place, onMenu, onSearch, onKeys }: TopBarProps) {
  return (
    <header className="flex h-(--bar) shrink-0 items-center gap-3 border-b border-line px-4 max-md:px-2">
      <Button
        look="quiet"
        icon={<MenuIcon size={18} />}
        aria-label="clusters and resources"
        className="md:hidden"
        onClick={onMenu}
      />
      <Title place={place} />
      <LiveState cluster={clusterOf(place)} />
      <div className="flex-1" />
      <button
        type="button"
        onClick={onSearch}
        className="flex h-[26px] items-center gap-2 rounded border border-line-strong px-2 text-sm text-text-3 hover:bg-raised-2 md:w-56"
      >
        <Search size={14} />
        <span className="flex-1 text-left max-md:sr-only">Search everything</span>
        <span className="max-md:hidden">
          <Kbd>{`${MOD}K`}</Kbd>
        </span>
      </button>
      <RunsButton />
      <UserMenu onKeys={onKeys} />
    </header>
  );
}
