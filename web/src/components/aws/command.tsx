import { ClusterText } from "@/components/cluster-text";
import { CopyButton } from "@/ui/copy-button";

/** A command line to copy, whole in sight. */
export function Command({ text, label = "command" }: { text: string; label?: string }) {
  return (
    <div className="mt-1.5 flex items-start gap-1 rounded bg-raised-2 p-0.5">
      <pre
        aria-label={label}
        className="mono min-w-0 flex-1 px-2.5 py-1 [overflow-wrap:anywhere] whitespace-pre-wrap text-text-2"
      >
        <ClusterText text={text} />
      </pre>
      <CopyButton text={text} label="copy the command" />
    </div>
  );
}
