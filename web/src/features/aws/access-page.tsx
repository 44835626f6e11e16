import type { UseQueryResult } from "@tanstack/react-query";
import { Fragment, type ReactNode } from "react";
import type { AwsAnswer, AwsGap, ClusterAccess, Finding, FindingList } from "@/api/aws-contract";
import { useAwsStatus, useClusterAccess, useFindings, useRoles, useServiceAccounts } from "@/api/aws-queries";
import { useSensitiveCatalog } from "@/api/aws-reference";
import { NotRefreshed } from "@/components/aws/not-refreshed";
import { NotConfigured, notConfigured } from "@/components/aws/not-configured";
import { ScopeLine, SourcesLine } from "@/components/aws/sources-line";
import { CheckAgain, Unseen } from "@/components/aws/unseen";
import { ErrorNotice } from "@/components/error-notice";
import { PaneFrame } from "@/components/pane-frame";
import { useSettled } from "@/components/use-settled";
import type { AccessTab } from "@/lib/aws-place";
import { Skeleton, SkeletonLines } from "@/ui/skeleton";
import { Tabs, type Tab } from "@/ui/tabs";
import { TONE_TEXT } from "@/ui/tone-mark";
import { accessVerdict } from "./access-words";
import { AccountPane } from "./account-pane";
import { AccountsTab } from "./accounts-tab";
import { FindingsView } from "./findings-view";
import { MigrationChip } from "./migration-chip";
import { PrincipalPane } from "./principal-pane";
import { PrincipalsTab } from "./principals-tab";
import { Reading } from "./reading";
import { RolePane } from "./role-pane";
import { RolesTab } from "./roles-tab";
import { useAccessState, type AccessPlace } from "./use-access-state";

const PATIENCE_MS = 2_500;
const NO_GAPS: readonly AwsGap[] = [];

/** As high as the words that are on their way usually are. */
const HEAD = "min-h-[84px] @max-[880px]:min-h-[108px] @max-[560px]:min-h-[160px]";

/** The sentence, how far the migration has come, and by which lists the cluster lets in. */
function Head({ access, place }: { access: AwsAnswer<ClusterAccess> | undefined; place: AccessPlace }) {
  if (!access)
    return (
      <div className={`${HEAD} overflow-hidden`}>
        <Skeleton className="mt-1 block! h-5 w-80 max-w-full" />
        <Skeleton className="mt-3 block! h-3 w-56" />
      </div>
    );
  const { data, gaps } = access;
  const verdict = accessVerdict(data, gaps);
  const { authenticationMode: mode, modeWords } = data;
  return (
    <div>
      <h2 className={`text-xl font-semibold ${TONE_TEXT[verdict.tone]}`}>{verdict.title}</h2>
      <p className="min-h-[22px] text-md text-text-2">{verdict.detail}</p>
      <div className="mt-2 flex flex-wrap items-center gap-x-6 gap-y-1">
        {data.chip ? (
          <MigrationChip
            chip={data.chip}
            only={place.state.tab === "principals" ? place.state.only : ""}
            hrefOf={(only) => place.hrefOf({ tab: "principals", only, find: "", open: "" })}
          />
        ) : (
          <span className="text-sm text-text-2">neither list was seen</span>
        )}
        {mode && (
          <span className="text-sm text-text-2">
            authentication mode <span className="mono text-text-1">{mode}</span>
            {modeWords && `: ${modeWords}`}
          </span>
        )}
      </div>
    </div>
  );
}

interface PartProps<T> {
  query: UseQueryResult<AwsAnswer<T>>;
  what: string;
  cluster: string;
  children: (data: T) => ReactNode;
}

/** One tab's answer: its rows, what is missing from it, and how old it is. */
function Part<T>({ query, what, cluster, children }: PartProps<T>) {
  const { data: answer, error } = query;
  if (!answer)
    return error ? (
      <ErrorNotice error={error} what={what} onRetry={() => void query.refetch()} />
    ) : (
      <SkeletonLines count={12} />
    );
  return (
    <>
      <NotRefreshed query={query} />
      {children(answer.data)}
      {answer.gaps.length > 0 ? (
        <Unseen cluster={cluster} gaps={answer.gaps} className="mt-5" />
      ) : (
        <div className="mt-5">
          <CheckAgain cluster={cluster} />
        </div>
      )}
      <SourcesLine answer={answer} cluster={cluster} className="mt-3" />
      <ScopeLine scope={answer.scope} />
      <Reading cluster={cluster} />
    </>
  );
}

interface TabProps {
  cluster: string;
  place: AccessPlace;
  access: UseQueryResult<AwsAnswer<ClusterAccess>>;
  findings: UseQueryResult<AwsAnswer<FindingList>>;
}

/** None yet while they are on their way: a count of them has no severity then. */
const foundBy = (findings: TabProps["findings"]): readonly Finding[] => findings.data?.data.findings ?? [];

function Principals({ cluster, place, access }: TabProps) {
  return (
    <Part query={access} what="cluster access" cluster={cluster}>
      {(data) => <PrincipalsTab access={data} findings={data.findings} cluster={cluster} place={place} />}
    </Part>
  );
}

function Accounts({ cluster, place, findings }: TabProps) {
  const query = useServiceAccounts(cluster);
  return (
    <Part query={query} what="service accounts" cluster={cluster}>
      {({ accounts }) => <AccountsTab {...{ accounts, cluster, place }} findings={foundBy(findings)} />}
    </Part>
  );
}

function Roles({ cluster, place, findings }: TabProps) {
  const query = useRoles(cluster);
  // The words of sensitive permissions are the catalogue's.
  if (useSensitiveCatalog().isPending) return <SkeletonLines count={12} />;
  return (
    <Part query={query} what="roles" cluster={cluster}>
      {({ roles }) => <RolesTab {...{ roles, cluster, place }} findings={foundBy(findings)} />}
    </Part>
  );
}

function Findings({ cluster, place, findings }: TabProps) {
  return (
    <Part query={findings} what="findings" cluster={cluster}>
      {(list) => (
        <FindingsView
          list={list}
          only={place.state.only}
          find={place.state.find}
          onFind={(find) => place.change({ find }, { replace: true })}
          hrefOf={(only) => place.hrefOf({ only })}
        />
      )}
    </Part>
  );
}

const TABS: Record<AccessTab, (props: TabProps) => ReactNode> = {
  principals: Principals,
  "service-accounts": Accounts,
  roles: Roles,
  findings: Findings,
};

function tabsOf({ access, findings }: Pick<TabProps, "access" | "findings">): Tab[] {
  // Neither list seen is not nobody, and no check made is not nothing found.
  const principals = access.data?.data.chip ? access.data.data.principals.length : undefined;
  const made = findings.data?.data.checked.some(({ state }) => state !== "unknown");
  const found = made ? findings.data?.data.findings : undefined;
  return [
    { id: "principals", title: "Principals", ...(principals === undefined ? {} : { count: principals }) },
    { id: "service-accounts", title: "Service accounts" },
    { id: "roles", title: "Roles" },
    {
      id: "findings",
      title: "Findings",
      ...(found === undefined ? {} : { count: found.length }),
      ...(found?.some(({ severity }) => severity === "critical") ? { tone: "danger" as const } : {}),
    },
  ];
}

const Waiting = () => (
  <div className="p-4">
    <SkeletonLines />
  </div>
);

function AccountsPane({
  cluster,
  id,
  findings,
}: { cluster: string; id: string } & Pick<TabProps, "findings">) {
  const accounts = useServiceAccounts(cluster).data?.data.accounts;
  if (!accounts || findings.isPending) return <Waiting />;
  return <AccountPane {...{ id, accounts, cluster }} findings={foundBy(findings)} />;
}

function RolesPane({ cluster, id, findings }: { cluster: string; id: string } & Pick<TabProps, "findings">) {
  const roles = useRoles(cluster).data?.data.roles;
  const words = useSensitiveCatalog();
  if (!roles || findings.isPending || words.isPending) return <Waiting />;
  return <RolePane {...{ roles, cluster }} arn={id} findings={foundBy(findings)} />;
}

/** What the pane at the right shows, by the tab whose row is open. */
function OpenRow({ cluster, place, access, findings }: TabProps) {
  const { tab, open } = place.state;
  if (tab === "service-accounts") return <AccountsPane {...{ cluster, findings }} id={open} />;
  if (tab === "roles") return <RolesPane {...{ cluster, findings }} id={open} />;
  return access.data ? <PrincipalPane arn={open} access={access.data.data} /> : <Waiting />;
}

/** Who may enter the cluster, which role its service accounts have, and what is wrong with either. */
export function AccessPage({ cluster }: { cluster: string }) {
  const place = useAccessState(cluster);
  const { tab, open } = place.state;
  const access = useClusterAccess(cluster);
  const findings = useFindings(cluster);
  useAwsStatus(cluster);
  // The tabs count what both have found: they are drawn when both have come, or one of them is late.
  const settled = useSettled(!access.isPending && !findings.isPending, PATIENCE_MS);
  const missing = notConfigured(access.data?.gaps ?? NO_GAPS);
  if (missing) return <NotConfigured gap={missing} cluster={cluster} />;
  const Shown = TABS[tab];
  const props = { cluster, place, access, findings };
  return (
    <div className="flex h-full min-h-0">
      <section aria-label="cluster access" className="min-w-0 flex-1 overflow-auto">
        <div className="@container px-6 py-5 max-md:px-3">
          {access.error && !access.data ? null : <Head access={access.data} place={place} />}
          {/* What the head moves down when it comes is then drawn anew, instead of moving. */}
          <Fragment key={access.isPending ? "waiting" : "told"}>
            <div className="mt-3 mb-3 -ml-2 min-h-[37px]">
              {settled && (
                <Tabs
                  tabs={tabsOf(props)}
                  active={tab}
                  onChange={(next) =>
                    place.change({ tab: next as AccessTab, only: "", find: "", open: "", sort: "" })
                  }
                  label="cluster access"
                />
              )}
            </div>
            <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={settled ? `tab-${tab}` : undefined}>
              {settled ? <Shown {...props} /> : <SkeletonLines count={12} />}
            </div>
          </Fragment>
        </div>
      </section>
      {open && tab !== "findings" && (
        <PaneFrame label={open} onClose={() => place.change({ open: "" })}>
          <OpenRow {...props} />
        </PaneFrame>
      )}
    </div>
  );
}
