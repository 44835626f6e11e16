import type { AwsStatus } from "@/api/aws-contract";
import { useAwsStatus } from "@/api/aws-queries";
import { ArnText } from "@/components/aws/arn-text";
import { PART_STATE_WORDS, PART_WORDS } from "@/components/aws/words";
import { plural } from "@/lib/quantity";
import { Age } from "@/ui/age";
import { Disclosure } from "@/ui/disclosure";
import { ToneMark, type ToneName } from "@/ui/tone-mark";
import { byFeature, readingWords, type Feature } from "./reading-words";

type Part = AwsStatus["parts"][number];
type Capability = AwsStatus["capabilities"][number];

const PART_TONE: Record<Part["state"], ToneName> = {
  live: "ok",
  stale: "warning",
  refused: "unknown",
  never: "unknown",
  unreachable: "danger",
};

const MAY_TONE: Record<Capability["state"], ToneName> = {
  allowed: "ok",
  denied: "warning",
  unknown: "unknown",
};

function Parts({ parts }: { parts: readonly Part[] }) {
  return (
    <ul aria-label="what was read" className="grid gap-x-8 @[700px]:grid-cols-2">
      {parts.map(({ part, state, at, gaps }) => (
        <li
          key={part}
          title={gaps.map(({ what }) => what).join("\n") || undefined}
          className="flex items-baseline gap-2 py-0.5"
        >
          <ToneMark tone={PART_TONE[state]} />
          <span className="min-w-0 flex-1">{PART_WORDS[part]}</span>
          <span className="text-sm text-text-3">
            {PART_STATE_WORDS[state]}
            {at && (
              <>
                {" "}
                <Age at={at} /> ago
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What one feature needs, each with whether the server's role has it, and how that is known. */
function FeatureItem({ feature: { about, state, needs } }: { feature: Feature }) {
  return (
    <li className="py-0.5">
      <Disclosure
        summary={
          <span className="inline-flex items-baseline gap-2">
            <ToneMark tone={MAY_TONE[state]} label={state} />
            <span className="text-text-1">{about}</span>
          </span>
        }
      >
        <ul className="pl-6">
          {needs.map(({ action, resource, state: may, source }) => (
            <li key={`${action} ${resource}`} className="flex flex-wrap items-baseline gap-x-2">
              <span className="mono">{action}</span>
              <span className="text-sm text-text-3">
                on <ArnText arn={resource} whole />
              </span>
              <span className={`text-sm ${may === "denied" ? "text-warning" : "text-text-3"}`}>
                {may === "unknown" ? "not known" : may}
                {source && (source === "simulated" ? ", as AWS says" : ", as it turned out")}
              </span>
            </li>
          ))}
        </ul>
      </Disclosure>
    </li>
  );
}

/** How far AWS was read for this cluster, as whom, and what that role may ask. */
export function Reading({ cluster }: { cluster: string }) {
  const status = useAwsStatus(cluster).data?.data;
  if (!status || status.parts.length === 0) return null;
  const features = byFeature(status.capabilities);
  return (
    <Disclosure summary={readingWords(status)} className="mt-5">
      <div className="pt-1 pl-[18px]">
        {status.serverRole && (
          <p className="mb-1 text-sm text-text-2">
            as <ArnText arn={status.serverRole} whole copy />
          </p>
        )}
        <Parts parts={status.parts} />
        {features.length > 0 && (
          <>
            <h3 className="label mt-3">{plural(features.length, "feature")} and what they ask of AWS</h3>
            <ul aria-label="what the features need">
              {features.map((feature) => (
                <FeatureItem key={feature.id} feature={feature} />
              ))}
            </ul>
          </>
        )}
      </div>
    </Disclosure>
  );
}
