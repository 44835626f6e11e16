import type { AwsGap } from "@/api/aws-contract";
import { EmptyState } from "@/ui/empty-state";

/** The gap of a cluster of which AWS is not asked at all. */
export const notConfigured = (gaps: readonly AwsGap[]): AwsGap | undefined =>
  gaps.find(({ code }) => code === "NOT_EKS" || code === "AWS_NOT_CONFIGURED");

const example = (cluster: string) =>
  `clusters:\n  - id: ${cluster}\n    eks:\n      arn: arn:aws:eks:REGION:ACCOUNT:cluster/NAME`;

/** Not EKS, or not told to be: what to put into the configuration. */
export function NotConfigured({ gap, cluster }: { gap: AwsGap; cluster: string }) {
  return (
    <EmptyState
      tone="unknown"
      title={gap.code === "NOT_EKS" ? `${cluster} is not known to be an EKS cluster` : "AWS is not asked"}
    >
      {gap.code !== "NOT_EKS" && (
        <>
          <p>{gap.what}</p>
          {gap.fix && <p className="mt-1">{gap.fix}</p>}
        </>
      )}
      {gap.code === "NOT_EKS" && (
        <>
          <p>If it is one, say which in the configuration of Periscope:</p>
          <pre
            tabIndex={0}
            aria-label="configuration"
            className="mono mt-1 overflow-x-auto rounded bg-raised-2 px-3 py-2"
          >
            {example(cluster)}
          </pre>
        </>
      )}
    </EmptyState>
  );
}
