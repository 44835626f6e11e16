import { ChevronRight } from "lucide-react";
import { ClusterText } from "@/components/cluster-text";
import { Section } from "@/ui/definition-rows";
import { isEmpty, rec } from "../facts/read";

const DEEPEST = 12;
const MOST = 100;

const scalar = (value: unknown): boolean => typeof value !== "object" || value === null;

/** `[a, b]` where it fits on a line. */
function shortList(value: unknown): string | null {
  if (!Array.isArray(value) || !value.every(scalar)) return null;
  const text = value.map(String).join(", ");
  return text.length <= 120 ? text : null;
}

/** What an item of a list is called when it is folded. */
function itemName(value: unknown, at: number): string {
  const from = rec(value);
  const name = from["name"] ?? from["key"] ?? from["type"] ?? from["id"];
  return typeof name === "string" ? name : String(at + 1);
}

const size = (value: unknown): string =>
  Array.isArray(value)
    ? `${value.length} ${value.length === 1 ? "item" : "items"}`
    : Object.keys(rec(value)).join(", ");

function Branch({ name, value, depth }: { name: string; value: unknown; depth: number }) {
  return (
    <details
      open={depth < 1 || (depth < 3 && Object.keys(rec(value)).length <= 4 && !Array.isArray(value))}
      className="py-px"
    >
      <summary className="flex cursor-default list-none items-center gap-1 rounded hover:bg-raised-2">
        <ChevronRight size={12} className="shrink-0 text-text-3 [[open]>summary>&]:rotate-90" aria-hidden />
        <span className="shrink-0 text-text-3">
          <ClusterText text={name} />
        </span>
        <span className="truncate text-sm text-text-3 [[open]>summary>&]:hidden">
          <ClusterText text={size(value)} />
        </span>
      </summary>
      <div className="ml-[5px] border-l border-line pl-2.5">
        {depth >= DEEPEST ? (
          <span className="text-text-3">deeper: see the YAML</span>
        ) : (
          <Tree value={value} depth={depth + 1} />
        )}
      </div>
    </details>
  );
}

function Leaf({ name, text }: { name: string; text: string }) {
  return (
    <div className="flex items-baseline gap-3 py-px">
      <dt className="shrink-0 text-text-3">
        <ClusterText text={name} />
      </dt>
      <dd className="mono min-w-0 [overflow-wrap:anywhere] whitespace-pre-wrap">
        <ClusterText text={text} />
      </dd>
    </div>
  );
}

function Tree({ value, depth }: { value: unknown; depth: number }) {
  const entries = Array.isArray(value)
    ? value.map((each, at): [string, unknown] => [itemName(each, at), each])
    : Object.entries(rec(value));
  const leaves = entries
    .slice(0, MOST)
    .map(([name, each]): [string, unknown, string | null] => [
      name,
      each,
      scalar(each) ? String(each) : isEmpty(each) ? (Array.isArray(each) ? "[]" : "{}") : shortList(each),
    ]);
  return (
    <>
      {leaves.map(([name, each, text], at) =>
        text === null ? (
          <Branch key={`${name} ${at}`} name={name} value={each} depth={depth} />
        ) : (
          <dl key={`${name} ${at}`}>
            <Leaf name={name} text={text} />
          </dl>
        ),
      )}
      {entries.length > MOST && <p className="text-text-3">{entries.length - MOST} more in the YAML</p>}
    </>
  );
}

/** Any value as rows that fold: for kinds whose meaning only their authors know. */
export function TreeBlock({ title, value }: { title: string; value: unknown }) {
  return (
    <Section title={title}>
      <Tree value={value} depth={0} />
    </Section>
  );
}
