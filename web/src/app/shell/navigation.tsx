import { useMemo, type ReactNode } from "react";
import type { Cluster, Count, Kind } from "@/api/contract";
import { useClusters, useCounts } from "@/api/queries";
import { Link } from "@/components/link";
import { StateMark } from "@/components/state-mark";
import { useMayBeEks } from "@/components/use-eks";
import { useKindGroups } from "@/components/use-kinds";
import { useListState } from "@/components/use-list-state";
import { accessHref, fleetFindingsHref, whoCanHref } from "@/lib/aws-place";
import { cx } from "@/lib/class-names";
import { pluralKind } from "@/lib/kind-title";
import { formatPermission } from "@/lib/permission";
import { fleetHref, listHref, overviewHref, type Place } from "@/lib/place";
import { recordHref, recordTerm } from "@/lib/record-place";
import { formatCount } from "@/lib/quantity";
import { formatAccount } from "@/lib/text";
import { SkeletonLines } from "@/ui/skeleton";
import { clusterOf } from "../use-place";

const SIGN: Record<Count["certainty"], string> = { exact: "", atLeast: "≥ ", atMost: "≤ ", unknown: "" };

/** A count that says when it is not the whole truth. */
function CountMark({ count }: { count: Count }) {
  const needs = (count.needs ?? []).map(formatPermission).join(", ");
  if (count.certainty === "unknown") {
    return (
      <span className="mono text-text-3" title={needs ? `not known: needs ${needs}` : "not known"}>
        –
      </span>
    );
  }
  const bad = count.danger ?? 0;
  return (
    <span className="mono flex gap-2 text-text-3" title={needs ? `needs ${needs}` : undefined}>
      {bad > 0 && (
        <span className="text-danger" title={`${bad} in danger: failing, stuck or waiting for too long`}>
          {formatCount(bad)}
        </span>
      )}
      {SIGN[count.certainty]}
      {formatCount(count.count)}
    </span>
  );
}

function Item({
  href,
  active,
  count,
  children,
}: {
  href: string;
  active: boolean;
  count?: Count | undefined;
  children: ReactNode;
}) {
  return (
    <li>
      <Link
        href={href}
        aria-current={active ? "page" : undefined}
        className={cx(
          "flex h-[26px] items-center justify-between gap-2 rounded px-2",
          active ? "bg-raised-3 text-text-1" : "text-text-2 hover:bg-raised-2 hover:text-text-1",
        )}
      >
        <span className="truncate" title={typeof children === "string" ? children : undefined}>
          {children}
        </span>
        {count && <CountMark count={count} />}
      </Link>
    </li>
  );
}

function Heading({
  id,
  cluster,
  all,
}: {
  id: string | null;
  cluster: Cluster | undefined;
  all: Cluster[] | undefined;
}) {
  if (id === null) {
    return (
      <header className="px-2 pt-3 pb-2">
        <div className="font-semibold">Fleet</div>
        <div className="label">{all ? `${all.length} clusters` : "…"}</div>
      </header>
    );
  }
  if (!cluster) {
    return (
      <header className="min-h-[90px] px-2 pt-3 pb-2">
        <div className="truncate font-semibold">{id}</div>
        <div className="label">{all ? "no such cluster, or none you may see" : "…"}</div>
      </header>
    );
  }
  const { eks, version, environment } = cluster;
  const facts = [environment, eks?.region, version?.replace(/^v/, "")].filter(Boolean).join(" · ");
  return (
    <header className="min-h-[90px] px-2 pt-3 pb-2">
      <div className="truncate font-semibold">{cluster.name}</div>
      <div className="label">{facts}</div>
      {eks && <div className="label">account {formatAccount(eks.accountId)}</div>}
      {cluster.state.phase !== "live" && <StateMark state={cluster.state} />}
    </header>
  );
}

/** The pages about AWS: of one cluster on EKS, or of all of them. */
function AwsGroup({ cluster, place }: { cluster: string | null; place: Place }) {
  const eks = useMayBeEks(cluster ?? "");
  if (cluster !== null && !eks) return null;
  return (
    <section className="mt-3" aria-label="AWS">
      <h2 className="label px-2 pb-0.5">AWS</h2>
      <ul>
        {cluster === null ? (
          <Item href={fleetFindingsHref()} active={place.page === "aws-findings"}>
            Findings
          </Item>
        ) : (
          <Item href={accessHref(cluster)} active={place.page === "access"}>
            Access
          </Item>
        )}
        <Item
          href={whoCanHref(cluster === null ? {} : { clusters: [cluster] })}
          active={place.page === "who-can"}
        >
          Who can
        </Item>
      </ul>
    </section>
  );
}

export function Navigation({ place }: { place: Place }) {
  const id = clusterOf(place);
  const clusters = useClusters();
  const cluster = clusters.data?.find((each) => each.id === id);
  const groups = useKindGroups(id);
  const [{ namespaces, clusters: chosen }] = useListState();
  const counts = useCounts(id, namespaces);
  const active = "kind" in place ? place.kind : null;
  // Going from kind to kind keeps where one is looking.
  const href = useMemo(
    () => (kind: Kind) =>
      listHref(id, kind.id, { clusters: chosen, namespaces: kind.namespaced ? namespaces : [] }),
    [id, namespaces, chosen],
  );
  return (
    <nav
      aria-label="resources"
      className="flex h-full w-(--nav) shrink-0 flex-col overflow-y-auto border-r border-line px-1.5 pb-4"
    >
      <Heading id={id} cluster={cluster} all={clusters.data} />
      <ul>
        <Item
          href={id === null ? fleetHref() : overviewHref(id)}
          active={place.page === "overview" || place.page === "fleet"}
        >
          Overview
        </Item>
        <Item
          href={recordHref(id === null ? {} : { filter: recordTerm("cluster", id) })}
          active={place.page === "audit"}
        >
          Audit
        </Item>
      </ul>
      <AwsGroup cluster={id} place={place} />
      {!groups && (
        <div className="px-2 pt-3">
          <SkeletonLines count={8} />
        </div>
      )}
      {groups?.map((group) => (
        <section key={group.id} className="mt-3" aria-label={group.title}>
          <h2 className="label truncate px-2 pb-0.5" title={group.title}>
            {group.title}
          </h2>
          <ul>
            {group.kinds.map((kind) => (
              <Item
                key={kind.id}
                href={href(kind)}
                active={kind.id === active}
                count={counts.data?.[kind.id]}
              >
                {pluralKind(kind.kind, kind.resource)}
              </Item>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
