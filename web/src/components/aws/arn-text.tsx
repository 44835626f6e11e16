import { ClusterText } from "@/components/cluster-text";
import { shortArn } from "@/lib/arn";
import { CopyButton } from "@/ui/copy-button";

/** An ARN, shortened where its middle says nothing; whole on hover and by the button. */
export function ArnText({
  arn,
  copy = false,
  whole = false,
}: {
  arn: string;
  copy?: boolean;
  whole?: boolean;
}) {
  const text = (
    <span className="mono min-w-0 [overflow-wrap:anywhere]" title={arn}>
      <ClusterText text={whole ? arn : shortArn(arn)} />
    </span>
  );
  return copy ? (
    <span className="inline-flex min-w-0 items-center gap-1">
      {text}
      <CopyButton text={arn} label="copy the ARN" />
    </span>
  ) : (
    text
  );
}
