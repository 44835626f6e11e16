import { Eye, EyeOff } from "lucide-react";
import type { RevealedKey } from "@/api/actions-contract";
import { useCanI } from "@/api/can-i";
import { refusalWords } from "@/components/actions/words";
import { ClusterText } from "@/components/cluster-text";
import { Needs } from "@/components/gaps";
import { formatBytes } from "@/lib/quantity";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy-button";
import { Section } from "@/ui/definition-rows";
import { useDetail } from "../detail-context";
import type { Entry } from "../facts/model";
import { useReveal } from "../use-reveal";

function Value({ revealed }: { revealed: RevealedKey }) {
  const { key, encoding, value, bytes } = revealed;
  const text = encoding === "utf8";
  return (
    <div className="relative mt-1 rounded bg-raised-2">
      <div className="absolute top-1 right-1">
        <CopyButton text={value} label={text ? `copy the value of ${key}` : `copy ${key} as base64`} />
      </div>
      {text ? (
        <pre
          className="mono max-h-72 overflow-auto p-2 pr-9 [overflow-wrap:anywhere] whitespace-pre-wrap"
          tabIndex={0}
          role="region"
          aria-label={`value of ${key}`}
        >
          {value === "" ? <span className="text-text-3">empty</span> : <ClusterText text={value} />}
        </pre>
      ) : (
        <p className="p-2 pr-9 text-text-2">binary, {formatBytes(bytes)}: copied as base64</p>
      )}
    </div>
  );
}

/** The keys of a Secret. One value at a time is shown, for a minute, to whoever asks for it. */
export function SecretBlock({ title, entries, note }: { title: string; entries: Entry[]; note?: string }) {
  const { ref, gone } = useDetail();
  const { cluster, namespace, name } = ref;
  const permission = {
    verb: "get",
    group: "",
    resource: "secrets",
    name,
    ...(namespace ? { namespace } : {}),
  };
  const answer = useCanI([{ cluster, permission }]).of({ cluster, permission });
  const { shown, asking, problem, reveal, hide } = useReveal(ref);
  if (entries.length === 0) return null;
  const refused = gone
    ? "the Secret is gone"
    : answer && !answer.allowed
      ? refusalWords([answer], cluster)
      : null;
  return (
    <Section title={title}>
      <ul>
        {entries.map(({ key, bytes }) => {
          const open = shown?.key === key;
          return (
            <li key={key} className="border-b border-line py-1 last:border-b-0">
              <div className="flex min-w-0 items-center gap-3">
                <span className="mono min-w-0 [overflow-wrap:anywhere]">
                  <ClusterText text={key} />
                </span>
                <span className="mono ml-auto shrink-0 text-text-3">{formatBytes(bytes)}</span>
                <Button
                  icon={open ? <EyeOff size={14} /> : <Eye size={14} />}
                  aria-label={open ? `hide ${key}` : `reveal ${key}`}
                  disabledReason={open ? null : (refused ?? (asking === key ? "asking for it …" : null))}
                  onClick={() => (open ? hide() : void reveal(key))}
                >
                  {open ? "Hide" : "Reveal"}
                </Button>
              </div>
              {open && <Value revealed={shown} />}
              {problem?.key === key && (
                <p role="alert" className="text-sm [overflow-wrap:anywhere] text-danger">
                  {problem.problem.detail}
                  {problem.problem.needs && problem.problem.needs.length > 0 && (
                    <>
                      . Needs <Needs needs={problem.problem.needs} />
                    </>
                  )}
                </p>
              )}
            </li>
          );
        })}
      </ul>
      <p className="mt-1 text-sm text-text-3">{note}</p>
    </Section>
  );
}
