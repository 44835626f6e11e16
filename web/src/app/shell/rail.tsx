import { House, KeyRound, Settings } from "lucide-react";
import type { ReactNode } from "react";
import type { Cluster } from "@/api/contract";
import { useClusters } from "@/api/queries";
import { ENVIRONMENT_BG } from "@/components/environment";
import { Link } from "@/components/link";
import { stateReason, stateTone } from "@/components/state-mark";
import { cx } from "@/lib/class-names";
import { whoCanHref } from "@/lib/aws-place";
import { fleetHref, overviewHref } from "@/lib/place";
import { initials } from "@/lib/text";
import { Skeleton } from "@/ui/skeleton";
import { ToneMark } from "@/ui/tone-mark";

function Tile({
  href,
  title,
  active,
  children,
}: {
  href: string;
  title: string;
  active: boolean;
  children: ReactNode;
}) {
  return (
    <Link
      href={href}
      title={title}
      aria-current={active ? "page" : undefined}
      className={cx(
        "relative flex size-9 items-center justify-center rounded-lg border text-sm font-semibold",
        active
          ? "border-line-strong bg-raised-3 text-text-1"
          : "border-transparent bg-raised-2 text-text-2 hover:text-text-1",
      )}
    >
      <span aria-hidden>{children}</span>
      <span className="sr-only">{title}</span>
    </Link>
  );
}

function ClusterTile({ cluster, active }: { cluster: Cluster; active: boolean }) {
  const { phase } = cluster.state;
  const reason = stateReason(cluster.state);
  const trouble = phase === "stale" || phase === "unreachable" || phase === "refused";
  const title = `${cluster.name}, ${cluster.environment}, ${phase}${reason ? `: ${reason}` : ""}`;
  return (
    <li className="relative flex w-full justify-center">
      <span
        aria-hidden
        className={`absolute top-2.5 left-0 h-4 w-[3px] ${ENVIRONMENT_BG[cluster.environment]}`}
      />
      <Tile href={overviewHref(cluster.id)} title={title} active={active}>
        {initials(cluster.name)}
        {trouble && (
          <ToneMark
            tone={stateTone(cluster.state)}
            className="absolute -right-1 -bottom-1 rounded-full bg-bg p-px"
          />
        )}
      </Tile>
    </li>
  );
}

interface RailProps {
  cluster: string | null;
  fleet: boolean;
  /** Somebody asks who can. */
  asking: boolean;
}

export function Rail({ cluster, fleet, asking }: RailProps) {
  const clusters = useClusters();
  return (
    <nav
      aria-label="clusters"
      className="flex h-full w-(--rail) shrink-0 flex-col items-center gap-1.5 border-r border-line py-2"
    >
      <Tile href={fleetHref()} title="fleet" active={fleet}>
        <House size={16} strokeWidth={1.75} />
      </Tile>
      <ul className="flex min-h-0 w-full flex-1 flex-col gap-1.5 overflow-y-auto overflow-x-hidden py-0.5">
        {clusters.data?.map((each) => (
          <ClusterTile key={each.id} cluster={each} active={each.id === cluster} />
        ))}
        {clusters.isPending && <Skeleton className="mx-auto size-9" />}
      </ul>
      <Tile href={whoCanHref()} title="who can, in AWS" active={asking}>
        <KeyRound size={16} strokeWidth={1.75} />
      </Tile>
      <Tile href="/settings" title="settings" active={false}>
        <Settings size={16} strokeWidth={1.75} />
      </Tile>
    </nav>
  );
}
