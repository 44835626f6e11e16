import { ChevronRight } from "lucide-react";
import { ClusterText } from "@/components/cluster-text";
import { truncateMiddle } from "@/lib/text";
import { plural } from "@/lib/quantity";
import { Tag } from "@/ui/chip";
import { CopyButton } from "@/ui/copy-button";
import { Section } from "@/ui/definition-rows";
import { TONE_TEXT, ToneMark } from "@/ui/tone-mark";
import type { ContainerFacts } from "../facts/model";
import { FactRows, ValueView } from "./value";

function State({ container }: { container: ContainerFacts }) {
  const { state, tone, message, last, restarts } = container;
  if (state === undefined) return null;
  return (
    <div className="pl-[34px] text-sm text-text-2">
      <span className={tone === "danger" || tone === "warning" ? TONE_TEXT[tone] : undefined}>
        <ValueView value={state} />
      </span>
      {last && (
        <>
          {" · before that "}
          <ValueView value={last} />
        </>
      )}
      {restarts > 0 && ` · ${plural(restarts, "restart")}`}
      {message && (
        <p className="line-clamp-6 [overflow-wrap:anywhere] text-text-3" title={message}>
          <ClusterText text={message} />
        </p>
      )}
    </div>
  );
}

const ROLE = { init: "init", sidecar: "sidecar", ephemeral: "debug", container: null };

function Row({ container }: { container: ContainerFacts }) {
  const role = ROLE[container.role];
  return (
    <li className="border-b border-line py-1 last:border-b-0">
      <details>
        <summary className="flex min-w-0 cursor-default list-none items-center gap-2 rounded hover:bg-raised-2">
          <ChevronRight size={14} className="shrink-0 text-text-3 [[open]>summary>&]:rotate-90" aria-hidden />
          <ToneMark tone={container.tone} />
          <span className="mono shrink-0 font-medium">
            <ClusterText text={container.name} />
          </span>
          {role && <Tag>{role}</Tag>}
          <span className="mono ml-auto min-w-0 truncate text-text-3" title={container.image}>
            <ClusterText text={truncateMiddle(container.image, 44)} />
          </span>
        </summary>
        <div className="relative mt-1 mb-2 pl-[34px]">
          <div className="absolute -top-1 right-0">
            <CopyButton text={container.image} label={`copy the image of ${container.name}`} />
          </div>
          <FactRows facts={container.facts} />
        </div>
      </details>
      <State container={container} />
    </li>
  );
}

/** Name, image and state in two lines; ports, probes, environment and mounts one click away. */
export function ContainersBlock({ title, items }: { title: string; items: ContainerFacts[] }) {
  return (
    <Section title={title}>
      <ul>
        {items.map((container) => (
          <Row key={`${container.role} ${container.name}`} container={container} />
        ))}
      </ul>
    </Section>
  );
}
