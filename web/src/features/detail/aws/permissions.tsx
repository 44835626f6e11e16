import { useState } from "react";
import type { GrantedAction, ServiceGrants, Workload } from "@/api/aws-contract";
import { useServiceGrants } from "@/api/aws-queries";
import { asApiError } from "@/api/problem";
import { ArnText } from "@/components/aws/arn-text";
import { SensitiveTags } from "@/components/aws/sensitive-tags";
import { VerdictMark } from "@/components/aws/verdict-mark";
import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { cx } from "@/lib/class-names";
import { formatCount, plural } from "@/lib/quantity";
import { Button } from "@/ui/button";
import { actionCount, actionName, filterGrants, sensitiveOf, type Show } from "./grants";

/** Resources shown in a row; the rest is a number. */
const RESOURCES = 2;

interface RowProps {
  grant: GrantedAction;
  href: string;
  open: boolean;
}

function PermissionRow({ grant, href, open }: RowProps) {
  const { action, count, resources, except, verdict, sensitive, accessLevel } = grant;
  const denied = verdict.decision === "denied";
  return (
    <li
      className={cx(
        "relative grid grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)] gap-x-4 rounded px-3 py-1 @2xl:grid-cols-[minmax(150px,1fr)_minmax(0,1.3fr)_minmax(0,1.3fr)] @2xl:items-baseline",
        open ? "bg-accent-soft" : "hover:bg-raised-2",
      )}
    >
      <span className="flex min-w-0 items-baseline gap-2">
        <Link
          href={href}
          aria-current={open || undefined}
          title={`${action} · ${accessLevel}`}
          className={cx(
            "mono min-w-0 [overflow-wrap:anywhere] after:absolute after:inset-0",
            denied && "text-text-3 line-through",
          )}
        >
          <ClusterText text={actionName(action)} />
        </Link>
        {count > 1 && <span className="shrink-0 text-sm text-text-3">{formatCount(count)} actions</span>}
        {sensitive.length > 0 && (
          <span className="relative size-1.5 shrink-0 rotate-45 bg-danger" title="sensitive">
            <span className="sr-only">sensitive</span>
          </span>
        )}
      </span>
      <span className="min-w-0 text-text-2">
        {resources.slice(0, RESOURCES).map((resource) => (
          <span key={resource} className="block">
            <ArnText arn={resource} />
          </span>
        ))}
        {resources.length > RESOURCES && (
          <span className="text-sm text-text-3" title={resources.slice(RESOURCES).join("\n")}>
            and {plural(resources.length - RESOURCES, "other")}
          </span>
        )}
        {except.length > 0 && (
          <span className="block text-sm text-text-3" title={except.join("\n")}>
            but not <ArnText arn={except[0] ?? ""} />
            {except.length > 1 && ` and ${plural(except.length - 1, "other")}`}
          </span>
        )}
      </span>
      <VerdictMark verdict={verdict} className="@max-2xl:col-span-2" />
    </li>
  );
}

interface ServiceProps {
  service: ServiceGrants;
  workload: Workload;
  find: string;
  show: Show | null;
  hrefOf: (grant: GrantedAction) => string;
  why: { action: string; resource: string } | null;
}

/** The rows of one service; those that were left out come when they are asked for. */
function Service({ service, workload, find, show, hrefOf, why }: ServiceProps) {
  const [whole, setWhole] = useState(false);
  const full = useServiceGrants(workload, service.service, whole);
  const shown = full.data ? filterGrants([full.data.data], find, show)[0] : service;
  const actions = shown?.actions ?? [];
  return (
    <section aria-label={service.name} className="border-t border-line py-2">
      <h4 className="flex flex-wrap items-center gap-x-2 gap-y-1 px-1 pb-0.5">
        <span className="mono font-semibold">{service.service}</span>
        <span className="text-sm text-text-3">{service.name !== service.service && service.name}</span>
        <SensitiveTags ids={sensitiveOf(actions)} />
        <span className="ml-auto text-sm text-text-3">{plural(actionCount(service), "action")}</span>
      </h4>
      <ul>
        {actions.map((grant) => (
          <PermissionRow
            key={`${grant.action} ${grant.resources.join(" ")} ${grant.verdict.decision}`}
            grant={grant}
            href={hrefOf(grant)}
            open={
              why?.action === grant.action && (why.resource === "" || grant.resources.includes(why.resource))
            }
          />
        ))}
      </ul>
      {service.cut && !full.data && (
        <button
          type="button"
          onClick={() => setWhole(true)}
          aria-busy={full.isFetching}
          className="link px-3 py-1 text-sm"
        >
          {full.isFetching
            ? "loading …"
            : full.error
              ? `not loaded: ${asApiError(full.error).problem.detail}`
              : `all ${formatCount(service.total)} actions of ${service.service}`}
        </button>
      )}
    </section>
  );
}

type PermissionsProps = Omit<ServiceProps, "service"> & { services: readonly ServiceGrants[] };

/** An administrator has hundreds; the ones that matter stand first. */
const MOST = 40;

/** What the workload may do, by service; the sensitive ones first. */
export function Permissions({ services, ...props }: PermissionsProps) {
  const [all, setAll] = useState(false);
  const shown = all ? services : services.slice(0, MOST);
  return (
    <>
      {shown.map((service) => (
        <Service key={service.service} service={service} {...props} />
      ))}
      {services.length > shown.length && (
        <p className="border-t border-line py-2">
          <Button
            onClick={() => setAll(true)}
          >{`Show ${plural(services.length - MOST, "more service")}`}</Button>
        </p>
      )}
    </>
  );
}
