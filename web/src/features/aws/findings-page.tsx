import { useCallback } from "react";
import { useLocation, useSearch } from "wouter";
import { useFleetFindings } from "@/api/aws-queries";
import { NotRefreshed } from "@/components/aws/not-refreshed";
import { ScopeLine, SourcesLine } from "@/components/aws/sources-line";
import { ErrorNotice } from "@/components/error-notice";
import { Gaps } from "@/components/gaps";
import { fleetFindingsHref, parseFleetFindings } from "@/lib/aws-place";
import { SkeletonLines } from "@/ui/skeleton";
import { TONE_TEXT } from "@/ui/tone-mark";
import { fleetFindingsVerdict } from "./access-words";
import { FindingsView } from "./findings-view";

/** What is wrong with identities in AWS, over all clusters. */
export function FindingsPage() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const { only, find } = parseFleetFindings(search);
  const query = useFleetFindings();
  const { data: answer, error, refetch } = query;
  const onFind = useCallback(
    (text: string) =>
      navigate(fleetFindingsHref({ ...parseFleetFindings(location.search), find: text }), { replace: true }),
    [navigate],
  );
  if (!answer)
    return error ? (
      <ErrorNotice error={error} what="findings" onRetry={() => void refetch()} />
    ) : (
      <div className="px-6 py-5">
        <SkeletonLines count={12} />
      </div>
    );
  const verdict = fleetFindingsVerdict(answer.data, answer.gaps);
  return (
    <div className="h-full overflow-auto">
      <div className="@container px-6 py-5 max-md:px-3">
        <NotRefreshed query={query} />
        <h2 className={`text-xl font-semibold ${TONE_TEXT[verdict.tone]}`}>{verdict.title}</h2>
        <p className="mb-4 min-h-[22px] text-md text-text-2">{verdict.detail}</p>
        <FindingsView
          list={answer.data}
          only={only}
          find={find}
          onFind={onFind}
          hrefOf={(check) => fleetFindingsHref({ only: check, find })}
          place
        />
        <Gaps gaps={answer.gaps} className="mt-5" />
        <SourcesLine answer={answer} className="mt-3" />
        <ScopeLine scope={answer.scope} />
      </div>
    </div>
  );
}
