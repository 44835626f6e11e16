import { ArrowLeft } from "lucide-react";
import { useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import type { AwsAccess, AwsAnswer, GrantedAction, Workload } from "@/api/aws-contract";
import { useAwsAccess, useAwsStatus } from "@/api/aws-queries";
import { useSensitiveCatalog } from "@/api/aws-reference";
import { FindingCard } from "@/components/aws/finding-card";
import { NotRefreshed } from "@/components/aws/not-refreshed";
import { NotConfigured, notConfigured } from "@/components/aws/not-configured";
import { SensitiveTags } from "@/components/aws/sensitive-tags";
import { ScopeLine, SourcesLine } from "@/components/aws/sources-line";
import { StatementRow } from "@/components/aws/statement";
import { Unseen } from "@/components/aws/unseen";
import { DecisionMark, VerdictMark } from "@/components/aws/verdict-mark";
import { ADMITS_DECISION } from "@/components/aws/words";
import { ArnText } from "@/components/aws/arn-text";
import { AskForm } from "@/components/aws/ask-form";
import { WhyPanel } from "@/components/aws/why-panel";
import { once, reasonKey } from "@/components/aws/why-trace";
import { ClusterText } from "@/components/cluster-text";
import { ErrorNotice } from "@/components/error-notice";
import { parseAwsTab, withAwsTab, type AwsTabState } from "@/lib/aws-place";
import { Disclosure } from "@/ui/disclosure";
import { Section } from "@/ui/definition-rows";
import { ExternalLink } from "@/ui/external-link";
import { SkeletonLines } from "@/ui/skeleton";
import { TONE_TEXT } from "@/ui/tone-mark";
import { useDetail } from "../detail-context";
import { Chain } from "./chain";
import { accessSentence, accessTone, filterGrants, isShow, tally } from "./grants";
import { Identities } from "./identities";
import { Permissions } from "./permissions";
import { Toolbar } from "./toolbar";

/** What the address asks of the tab, and how to ask something else. */
function useTabState() {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const state = useMemo(() => parseAwsTab(search), [search]);
  const hrefOf = (change: Partial<AwsTabState>) => `${path}?${withAwsTab(search, { ...state, ...change })}`;
  const change = (next: Partial<AwsTabState>, how?: { replace: boolean }) => navigate(hrefOf(next), how);
  return { state, hrefOf, change };
}

/** The roles that the workload may go on to. */
function RoleChains({ access }: { access: AwsAccess }) {
  if (access.chains.length === 0) return null;
  return (
    <Section title="Roles it can assume">
      <ul>
        {access.chains.map(({ roleArn, via, verdict, words, sensitive }) => (
          <li key={`${roleArn} ${via.join(" ")}`} className="border-b border-line py-1 last:border-b-0">
            <div className="flex flex-wrap items-baseline gap-x-3">
              <ArnText arn={roleArn} copy />
              <SensitiveTags ids={sensitive} />
              <VerdictMark verdict={verdict} />
            </div>
            {(via.length > 1 || verdict.decision !== "allowed") && (
              <p className="text-sm [overflow-wrap:anywhere] text-text-3">
                <ClusterText text={words} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Trust({ access }: { access: AwsAccess }) {
  if (!access.trust) return null;
  const { admits, words, reasons } = access.trust;
  const line = (
    <span className="inline-flex min-w-0 items-baseline gap-1.5">
      <span className="relative top-px">
        <DecisionMark decision={ADMITS_DECISION[admits]} />
      </span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <ClusterText text={words} />
      </span>
    </span>
  );
  return (
    <Section title="Trust of the role">
      {reasons.length === 0 ? (
        line
      ) : (
        <Disclosure summary={line}>
          <ul className="pl-4">
            {once(reasons).map((reason) => (
              <StatementRow key={reasonKey(reason)} reason={reason} />
            ))}
          </ul>
        </Disclosure>
      )}
    </Section>
  );
}

function Grants({ access, tab }: { access: AwsAccess; tab: ReturnType<typeof useTabState> }) {
  const { state, hrefOf, change } = tab;
  const show = isShow(state.show) ? state.show : null;
  const { services, subject } = access;
  const counts = useMemo(() => tally(services), [services]);
  const shown = useMemo(() => filterGrants(services, state.find, show), [services, state.find, show]);
  const hrefOfGrant = (grant: GrantedAction) =>
    hrefOf({ why: { action: grant.action, resource: grant.resources[0] ?? "" } });
  if (services.length === 0) return null;
  return (
    <section aria-label="what it may do">
      <Toolbar
        {...{ access, state, counts, hrefOf }}
        partial={services.some(({ cut }) => cut)}
        onFind={(find) => change({ find }, { replace: true })}
      />
      {access.policyLeftOut.length > 0 && (
        <Disclosure summary="What the policy to download cannot say" className="mb-2 text-sm">
          <ul className="pl-[18px] text-text-2">
            {access.policyLeftOut.map((line) => (
              <li key={line} className="[overflow-wrap:anywhere]">
                <ClusterText text={line} />
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
      <Permissions
        services={shown}
        workload={subject}
        find={state.find}
        show={show}
        hrefOf={hrefOfGrant}
        why={state.why}
      />
      {shown.length === 0 && (
        <p className="border-t border-line py-3 text-text-2">
          None of its permissions {show ? `is ${show} and ` : ""}
          {state.find ? "has these words." : "is so."}
        </p>
      )}
    </section>
  );
}

function Access({ answer, subject }: { answer: AwsAnswer<AwsAccess>; subject: Workload }) {
  const tab = useTabState();
  const { state, change, hrefOf } = tab;
  const access = answer.data;
  const ask = (action: string, resource: string) => change({ why: { action, resource } });
  const { why } = state;
  return (
    <div className="@container">
      <div className={why ? "@4xl:grid @4xl:grid-cols-[minmax(0,1fr)_minmax(320px,400px)] @4xl:gap-8" : ""}>
        <div className={why ? "@max-4xl:hidden" : ""}>
          <h3 className={`text-lg font-medium [overflow-wrap:anywhere] ${TONE_TEXT[accessTone(access)]}`}>
            <ClusterText text={accessSentence(access)} />
          </h3>
          <Identities access={access} />
          <Chain chain={access.chain} cluster={subject.cluster} />
          {access.findings.length > 0 && (
            <Section title="Findings">
              {access.findings.map((finding) => (
                <FindingCard key={`${finding.id} ${finding.subject.name}`} finding={finding} of={subject} />
              ))}
            </Section>
          )}
          <Grants access={access} tab={tab} />
          <RoleChains access={access} />
          <Trust access={access} />
          <Section title="Can it, or can it not?">
            <AskForm action="" resource="" onAsk={ask} />
          </Section>
          <Unseen cluster={subject.cluster} gaps={answer.gaps} unseen={access.unseen} className="mt-5" />
          <div className="mt-4 flex flex-wrap items-baseline gap-x-3">
            <SourcesLine answer={answer} cluster={subject.cluster} />
            {access.links.console && (
              <ExternalLink href={access.links.console} className="link text-sm">
                the role in the AWS console
              </ExternalLink>
            )}
          </div>
          <ScopeLine scope={answer.scope} />
        </div>
        {why && (
          <aside aria-label="why" className="@4xl:border-l @4xl:border-line @4xl:pl-5">
            <a
              href={hrefOf({ why: null })}
              onClick={(event) => {
                event.preventDefault();
                change({ why: null });
              }}
              className="mb-2 inline-flex items-center gap-1.5 text-sm text-text-2 hover:text-text-1 hover:underline"
            >
              <ArrowLeft size={14} aria-hidden /> all its permissions
            </a>
            <WhyPanel question={{ workload: subject, ...why }} onAsk={ask} />
          </aside>
        )}
      </div>
    </div>
  );
}

/** What a workload may do in AWS: the sentence, the way to its role, the permissions, what was not seen. */
export default function AwsPanel() {
  const { ref, gone } = useDetail();
  const subject = { cluster: ref.cluster, kind: ref.kind, namespace: ref.namespace ?? "", name: ref.name };
  const query = useAwsAccess(subject, !gone);
  const { data, error, refetch } = query;
  useAwsStatus(ref.cluster);
  // The words of sensitive permissions are the catalogue's: they would change under the reader's eye.
  const words = useSensitiveCatalog();
  if (!data || words.isPending) {
    if (gone)
      return <p className="text-text-2">It is gone, and what it could do in AWS was not asked before.</p>;
    return error ? (
      <ErrorNotice error={error} what="AWS access" onRetry={() => void refetch()} />
    ) : (
      <SkeletonLines count={12} />
    );
  }
  const missing = notConfigured(data.gaps);
  if (missing) return <NotConfigured gap={missing} cluster={ref.cluster} />;
  return (
    <>
      <NotRefreshed query={query} />
      <Access answer={data} subject={subject} />
    </>
  );
}
