import { Disclosure } from "@/ui/disclosure";
import { CopyButton } from "@/ui/copy-button";

/** The same by hand. */
export function KubectlLines({ lines }: { lines: string[] }) {
  if (lines.length === 0) return null;
  const text = lines.join("\n");
  return (
    <Disclosure
      open={lines.length === 1}
      summary={
        <span className="text-sm">
          {lines.length === 1 ? "as kubectl" : `as ${lines.length} kubectl lines`}
        </span>
      }
    >
      <div className="relative mt-1">
        <pre
          tabIndex={0}
          role="region"
          aria-label="kubectl"
          className="mono max-h-40 overflow-auto rounded bg-raised-2 py-1.5 pr-9 pl-2 [overflow-wrap:anywhere] whitespace-pre-wrap"
        >
          {text}
        </pre>
        <div className="absolute top-0.5 right-0.5">
          <CopyButton text={text} label="copy as kubectl" />
        </div>
      </div>
    </Disclosure>
  );
}
