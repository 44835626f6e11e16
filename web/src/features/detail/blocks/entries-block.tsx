import { ChevronRight } from "lucide-react";
import { ClusterText } from "@/components/cluster-text";
import { formatBytes } from "@/lib/quantity";
import { CopyButton } from "@/ui/copy-button";
import { Section } from "@/ui/definition-rows";
import type { Entry } from "../facts/model";

const SHORT = 80;
const LONGEST = 100_000;

function Value({ entry }: { entry: Entry }) {
  const { key, value } = entry;
  if (value === undefined) return null;
  return (
    <div className="relative mt-1 rounded bg-raised-2">
      <div className="absolute top-1 right-1">
        <CopyButton text={value} label={`copy the value of ${key}`} />
      </div>
      <pre
        className="mono max-h-96 overflow-auto p-2 pr-9 whitespace-pre"
        tabIndex={0}
        aria-label={`value of ${key}`}
      >
        <ClusterText text={value.slice(0, LONGEST)} />
      </pre>
      {value.length > LONGEST && (
        <p className="px-2 pb-1 text-sm text-text-3">cut here; the whole value is in the YAML</p>
      )}
    </div>
  );
}

function Head({ entry, inline }: { entry: Entry; inline: boolean }) {
  return (
    <>
      <span className="mono shrink-0 [overflow-wrap:anywhere]">
        <ClusterText text={entry.key} />
      </span>
      {inline && (
        <span className="mono min-w-0 truncate text-text-2">
          <ClusterText text={entry.value ?? ""} />
        </span>
      )}
      {entry.note && <span className="text-sm text-text-3">{entry.note}</span>}
      <span className="mono ml-auto shrink-0 text-text-3">{formatBytes(entry.bytes)}</span>
    </>
  );
}

function Row({ entry }: { entry: Entry }) {
  const { value } = entry;
  const inline = value !== undefined && value.length <= SHORT && !value.includes("\n");
  if (inline || value === undefined) {
    return (
      <li className="flex min-w-0 items-baseline gap-3 border-b border-line py-1 pl-[22px] last:border-b-0">
        <Head entry={entry} inline={inline} />
      </li>
    );
  }
  return (
    <li className="border-b border-line py-1 last:border-b-0">
      <details>
        <summary className="flex min-w-0 cursor-default list-none items-baseline gap-2 rounded hover:bg-raised-2">
          <ChevronRight
            size={14}
            className="shrink-0 self-center text-text-3 [[open]>summary>&]:rotate-90"
            aria-hidden
          />
          <Head entry={entry} inline={false} />
        </summary>
        <Value entry={entry} />
      </details>
    </li>
  );
}

export function EntriesBlock({
  title,
  entries,
  note,
}: {
  title: string;
  entries: Entry[];
  note?: string | undefined;
}) {
  if (entries.length === 0) return null;
  return (
    <Section title={title}>
      <ul>
        {entries.map((entry) => (
          <Row key={entry.key} entry={entry} />
        ))}
      </ul>
      {note && <p className="mt-1 text-sm text-text-3">{note}</p>}
    </Section>
  );
}
