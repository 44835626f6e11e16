import { RefreshCw } from "lucide-react";
import type { AwsGap } from "@/api/aws-contract";
import { useAwsRefresh } from "@/api/aws-queries";
import { asApiError } from "@/api/problem";
import { ClusterText } from "@/components/cluster-text";
import { Gaps } from "@/components/gaps";
import { Button } from "@/ui/button";

/** Whether all of it was read again, as far as the answer says. */
function outcome(gaps: readonly AwsGap[]) {
  const gap = gaps.find(({ code }) => code === "AWS_READ_RECENTLY" || code === "AWS_STILL_READING");
  return gap ? [gap.what, gap.fix].filter(Boolean).join("; ") : "read again";
}

/** Has AWS read again and says how that went. */
export function CheckAgain({ cluster }: { cluster: string }) {
  const refresh = useAwsRefresh(cluster);
  return (
    <span className="inline-flex items-center gap-2">
      <Button
        icon={<RefreshCw size={14} className={refresh.isPending ? "animate-spin" : ""} />}
        onClick={() => refresh.mutate()}
        disabledReason={refresh.isPending ? "AWS is being read; it may take 20 seconds" : null}
      >
        Check again
      </Button>
      <span role="status" className="text-sm text-text-3">
        {refresh.isPending && "reading AWS …"}
        {refresh.isSuccess && outcome(refresh.data.gaps)}
        {refresh.isError && asApiError(refresh.error).problem.detail}
      </span>
    </span>
  );
}

interface UnseenProps {
  cluster: string;
  gaps: readonly AwsGap[];
  /** What else could not be judged, in words. */
  unseen?: readonly string[];
  className?: string;
  label?: string;
}

/** What the answer was made without, with the permission that would close it, and a way to try again. */
export function Unseen({ cluster, gaps, unseen = [], className = "", label }: UnseenProps) {
  if (gaps.length === 0 && unseen.length === 0) return null;
  return (
    <div className={`flex flex-col items-start gap-2 ${className}`}>
      {unseen.length > 0 && (
        <ul className="w-full rounded border border-dashed border-line-strong px-3 py-2 text-sm text-text-2">
          {unseen.map((each) => (
            <li key={each} className="[overflow-wrap:anywhere]">
              Not seen: <ClusterText text={each} />
            </li>
          ))}
        </ul>
      )}
      <Gaps gaps={gaps} className="w-full" {...(label === undefined ? {} : { label })} />
      <CheckAgain cluster={cluster} />
    </div>
  );
}
