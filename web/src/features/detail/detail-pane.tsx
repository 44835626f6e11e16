import { lazy, Suspense, type ReactNode } from "react";
import type { Answer, ObjectDetail, ObjectRef } from "@/api/contract";
import { asApiError } from "@/api/problem";
import { useObject, useOverview } from "@/api/queries";
import { ErrorNotice } from "@/components/error-notice";
import { useShortcuts } from "@/components/shortcuts";
import { useMayBeEks } from "@/components/use-eks";
import { hasAwsIdentity } from "@/lib/aws-kinds";
import { AWS_TAB } from "@/lib/aws-place";
import { resourceOf } from "@/lib/kind-title";
import { Age } from "@/ui/age";
import { SkeletonLines } from "@/ui/skeleton";
import { Tabs, type Tab } from "@/ui/tabs";
import { DetailProvider } from "./detail-context";
import { PaneHead } from "./pane-head";
import { EventsPanel } from "./panels/events-panel";
import { OverviewPanel } from "./panels/overview-panel";
import { RelatedPanel } from "./panels/related-panel";
import { useFacts, type MadeFacts } from "./use-facts";
import { usePaneActions } from "./use-pane-actions";

const YamlPanel = lazy(() => import("./panels/yaml-panel"));
const AwsPanel = lazy(() => import("./aws/aws-panel"));

const TABS: Tab[] = [
  { id: "overview", title: "Overview" },
  { id: AWS_TAB, title: "AWS access" },
  { id: "events", title: "Events" },
  { id: "related", title: "Related" },
  { id: "yaml", title: "YAML" },
];

/** Who may act in AWS has a tab that says as whom; in a cluster that cannot be on EKS only when it is asked for. */
function useTabs(cluster: string, kind: string, wanted: string): Tab[] {
  const eks = useMayBeEks(cluster);
  const aws = hasAwsIdentity(kind) && (eks || wanted === AWS_TAB);
  return aws ? TABS : TABS.filter(({ id }) => id !== AWS_TAB);
}

export interface DetailPaneProps {
  cluster: string;
  kind: string;
  /** Null for a cluster-scoped object. */
  namespace: string | null;
  name: string;
  /** From the URL; empty means the first tab. */
  tab: string;
  onTab: (tab: string) => void;
}

type FactsOf = (made: MadeFacts) => ReactNode;
interface WithFactsProps {
  object: ObjectRef;
  detail: ObjectDetail;
  gone: boolean;
  children: FactsOf;
}

/** What pods request of a node is known to the cluster's overview only; other kinds do not ask for it. */
function NodeFacts({ object, detail, gone, children }: WithFactsProps) {
  const overview = useOverview(object.cluster);
  const node = overview.data?.data.nodeCapacity.find((each) => each.node === object.name);
  return children(useFacts(object, detail, { gone, node }));
}

function PlainFacts({ object, detail, gone, children }: WithFactsProps) {
  return children(useFacts(object, detail, { gone }));
}

/** Says that what is shown is not what is there now. */
function Staleness({ answer, error, gone }: { answer: Answer<ObjectDetail>; error: unknown; gone: boolean }) {
  if (!error) return null;
  const { detail } = asApiError(error).problem;
  return (
    <p
      role="status"
      className={`shrink-0 px-4 py-1 text-sm ${gone ? "bg-danger-soft text-danger" : "bg-warning-soft text-warning"}`}
    >
      {gone ? "Deleted, last seen " : `Not refreshed: ${detail}. As of `}
      <Age at={answer.asOf} /> ago
    </p>
  );
}

interface MissingProps {
  object: ObjectRef;
  error: unknown;
  onRetry: () => void;
  onTab: (tab: string) => void;
}

/** Nothing to show yet, or nothing at all: then why, and what was told of it while it was there. */
function Missing({ object, error, onRetry, onTab }: MissingProps) {
  const absent = Boolean(error) && asApiError(error).problem.status === 404;
  return (
    <div className="h-full overflow-auto">
      <PaneHead object={object} detail={undefined} verdict={null} gone={false} subject={null} />
      {error ? (
        <ErrorNotice error={error} what={`${resourceOf(object.kind)} ${object.name}`} onRetry={onRetry} />
      ) : (
        <div className="p-4">
          <SkeletonLines />
        </div>
      )}
      {absent && (
        <DetailProvider value={{ ref: object, onTab, gone: false }}>
          <div className="p-4">
            <EventsPanel />
          </div>
        </DetailProvider>
      )}
    </div>
  );
}

function Panel({ tab, made }: { tab: string; made: MadeFacts }) {
  if (tab === "events") return <EventsPanel />;
  if (tab === "related") return <RelatedPanel />;
  if (tab === AWS_TAB) {
    return (
      <Suspense fallback={<SkeletonLines count={12} />}>
        <AwsPanel />
      </Suspense>
    );
  }
  if (tab === "yaml") {
    return (
      <Suspense fallback={<SkeletonLines count={12} />}>
        <YamlPanel />
      </Suspense>
    );
  }
  return <OverviewPanel made={made} />;
}

/** One object: its overview, events, neighbours and YAML, live. */
export function DetailPane({ cluster, kind, namespace, name, tab, onTab }: DetailPaneProps) {
  const object: ObjectRef = { cluster, kind, namespace, name };
  const { data: answer, error, refetch } = useObject(object);
  const tabs = useTabs(cluster, kind, tab);
  const has = (id: string) => tabs.some((each) => each.id === id);
  const active = has(tab) ? tab : "overview";
  useShortcuts({
    d: () => onTab(""),
    a: () => (has(AWS_TAB) ? onTab(AWS_TAB) : false),
    e: () => onTab("events"),
    y: () => onTab("yaml"),
  });
  const gone = Boolean(answer && error && asApiError(error).problem.status === 404);
  const subject = usePaneActions(object, answer?.data, gone);
  if (!answer) return <Missing object={object} error={error} onRetry={() => void refetch()} onTab={onTab} />;
  const WithFacts = kind === "nodes" ? NodeFacts : PlainFacts;
  return (
    <WithFacts object={object} detail={answer.data} gone={gone}>
      {(made) => (
        <div className="flex h-full min-h-0 flex-col">
          <PaneHead
            object={object}
            detail={answer.data}
            verdict={made.facts.verdict}
            gone={gone}
            subject={subject}
          />
          <Tabs
            tabs={tabs}
            active={active}
            onChange={(next) => onTab(next === "overview" ? "" : next)}
            label={name}
          />
          <Staleness answer={answer} error={error} gone={gone} />
          <DetailProvider value={{ ref: object, onTab, gone }}>
            <div
              role="tabpanel"
              id={`panel-${active}`}
              aria-labelledby={`tab-${active}`}
              tabIndex={active === "yaml" ? -1 : 0}
              className={`min-h-0 flex-1 ${active === "yaml" ? "overflow-hidden" : "overflow-auto p-4"} ${gone ? "grayscale" : ""}`}
            >
              <Panel tab={active} made={made} />
            </div>
          </DetailProvider>
        </div>
      )}
    </WithFacts>
  );
}
