import type { ReactNode } from "react";
import type { AuditActor, AuditPair, AuditRow, AuditStatus } from "@/api/contract";
import { useRecordPair } from "@/api/record-queries";
import { ClusterText } from "@/components/cluster-text";
import { ErrorNotice } from "@/components/error-notice";
import { Link } from "@/components/link";
import { ObjectLink } from "@/components/object-link";
import { formatAbsolute } from "@/lib/age";
import { overviewHref } from "@/lib/place";
import { objectRecordHref, recordHref, recordTerm, type RowRef } from "@/lib/record-place";
import { formatCount, plural } from "@/lib/quantity";
import { Age } from "@/ui/age";
import { CopyButton } from "@/ui/copy-button";
import { Definition, DefinitionRows, Section } from "@/ui/definition-rows";
import { SkeletonLines } from "@/ui/skeleton";
import { TONE_TEXT, ToneMark } from "@/ui/tone-mark";
import {
  ACT_ABOUT,
  ACT_TONE,
  actState,
  extraEntries,
  formatTook,
  targetKind,
  targetObject,
  tookMs,
} from "./act";

/** A value that is also a question: a click shows every act that has it. */
function Asked({ field, value, mono = true }: { field: string; value: string; mono?: boolean }) {
  return (
    <Link
      href={recordHref({ filter: recordTerm(field, value), range: { span: "all" } })}
      title={`every act with ${field} ${value}`}
      className={`${mono ? "mono " : ""}[overflow-wrap:anywhere] hover:underline`}
    >
      <ClusterText text={value} />
    </Link>
  );
}

/** An instant with its milliseconds: in a record they matter. */
function Instant({ at, utc }: { at: string; utc: boolean }) {
  // The server leaves trailing zeros out.
  const ms = (/\.(\d{1,3})/.exec(at)?.[1] ?? "").padEnd(3, "0");
  const text = formatAbsolute(at, utc);
  return (
    <span title={at}>
      <span className="mono">{text.replace(/(\d\d:\d\d:\d\d)/, `$1.${ms}`)}</span>
      <span className="text-text-3">
        {" "}
        · <Age at={at} /> ago
      </span>
    </span>
  );
}

function Hash({ text, label }: { text: string; label: string }) {
  return (
    <span className="flex items-center gap-1">
      <span className="mono truncate" title={text}>
        {text}
      </span>
      <CopyButton text={text} label={`copy the ${label}`} />
    </span>
  );
}

/** The two rows of an act, whichever of them was opened: the intent first. */
function twoRows({ row, pair }: AuditPair): { intent: AuditRow | null; outcome: AuditRow | null } {
  const rows = pair ? [row, pair] : [row];
  return {
    intent: rows.find(({ phase }) => phase === "intent") ?? null,
    outcome: rows.find(({ phase }) => phase !== "intent") ?? null,
  };
}

function Times({ pair, utc }: { pair: AuditPair; utc: boolean }) {
  const { intent, outcome } = twoRows(pair);
  const took = intent && tookMs(intent.at, outcome?.at);
  return (
    <Section title="When">
      <DefinitionRows>
        {intent && (
          <Definition label="Intent">
            <Instant at={intent.at} utc={utc} />
          </Definition>
        )}
        <Definition label={intent ? "Outcome" : "At"}>
          {outcome ? (
            <Instant at={outcome.at} utc={utc} />
          ) : (
            <span className="text-text-3">not written yet</span>
          )}
        </Definition>
        {took !== null && <Definition label="Took">{formatTook(took)}</Definition>}
      </DefinitionRows>
    </Section>
  );
}

function Who({ actor }: { actor: AuditActor }) {
  return (
    <Section title="Who">
      <DefinitionRows>
        <Definition label="User">
          {actor.user ? (
            <Asked field="user" value={actor.user} />
          ) : (
            <span className="text-text-3">not known</span>
          )}
        </Definition>
        {actor.email && actor.email !== actor.user && (
          <Definition label="E-mail">
            <ClusterText text={actor.email} />
          </Definition>
        )}
        {actor.tier && (
          <Definition label="Tier">
            <Asked field="tier" value={actor.tier} mono={false} />
          </Definition>
        )}
        <Definition label="Groups">
          {actor.groups.length === 0 ? (
            <span className="text-text-3">none</span>
          ) : (
            actor.groups.map((group, at) => (
              <span key={group}>
                {at > 0 && ", "}
                <Asked field="group" value={group} />
              </span>
            ))
          )}
          {actor.groupCount > actor.groups.length && (
            <span className="text-text-3"> and {actor.groupCount - actor.groups.length} more</span>
          )}
        </Definition>
        <Definition label="Identity">
          <Asked field="subject" value={actor.subject} />
          <span className="block text-sm [overflow-wrap:anywhere] text-text-3">
            of <ClusterText text={actor.issuer} />
          </span>
        </Definition>
        {actor.session && (
          <Definition label="Session">
            <Asked field="session" value={actor.session} />
          </Definition>
        )}
        {actor.address && (
          <Definition label="Address">
            <Asked field="address" value={actor.address} />
          </Definition>
        )}
      </DefinitionRows>
    </Section>
  );
}

function What({ row, about }: { row: AuditRow; about: string | undefined }) {
  const { target } = row;
  const object = targetObject(target);
  const kind = target && targetKind(target);
  return (
    <Section
      title="What"
      aside={
        object && (
          <Link href={objectRecordHref(object)} className="link">
            every act on it
          </Link>
        )
      }
    >
      <DefinitionRows>
        <Definition label="Verb">
          <Asked field="verb" value={row.verb} />
          {about && <span className="block text-sm text-text-3">{about}</span>}
        </Definition>
        {object && (
          <Definition label="Object">
            <ObjectLink object={object} className="link whitespace-normal! [overflow-wrap:anywhere]" />
          </Definition>
        )}
        {!object && target?.name && (
          <Definition label="Name">
            <Asked field="name" value={target.name} />
          </Definition>
        )}
        {kind && (
          <Definition label="Kind">
            <Asked field="kind" value={kind} />
            {target.version && <span className="text-text-3"> {target.version}</span>}
            {target.subresource && <span className="mono"> /{target.subresource}</span>}
          </Definition>
        )}
        {target?.namespace && (
          <Definition label="Namespace">
            <Asked field="namespace" value={target.namespace} />
          </Definition>
        )}
        {target?.cluster && (
          <Definition label="Cluster">
            <Link href={overviewHref(target.cluster)} className="hover:underline">
              {target.cluster}
            </Link>
          </Definition>
        )}
        {!target && <Definition label="Object">none: it was about Periscope itself</Definition>}
      </DefinitionRows>
    </Section>
  );
}

function Extra({ rows }: { rows: (AuditRow | null)[] }) {
  // Those have a place of their own below.
  const entries = rows
    .flatMap((row) => extraEntries(row?.extra ?? {}))
    .filter(([key]) => key !== "kubernetesAuditIds");
  if (entries.length === 0) return null;
  return (
    <Section title="Details">
      <DefinitionRows>
        {entries.map(([key, value], at) => (
          <Definition key={`${key} ${at}`} label={key}>
            <span className="mono [overflow-wrap:anywhere] whitespace-pre-wrap">
              <ClusterText text={value} />
            </span>
          </Definition>
        ))}
      </DefinitionRows>
    </Section>
  );
}

/** Where the rows stand, so that what is shown here can be held against the record itself. */
function InTheRecord({ pair, utc }: { pair: AuditPair; utc: boolean }) {
  const { row, checkpoint, hash, previousHash, kubernetesAuditIds } = pair;
  const { intent, outcome } = twoRows(pair);
  const places = [
    intent && `intent ${intent.sequence}`,
    outcome && `${outcome.phase === "outcome" ? "outcome" : "row"} ${outcome.sequence}`,
  ];
  return (
    <Section title="In the record">
      <DefinitionRows>
        <Definition label="Chain">
          <Asked field="chain" value={row.chain} />
          <span className="text-text-3"> · {places.filter(Boolean).join(", ")}</span>
        </Definition>
        <Definition label="Request">
          <Asked field="request" value={row.requestId} />
        </Definition>
        {kubernetesAuditIds.length > 0 && (
          <Definition label="Kubernetes audit">
            {kubernetesAuditIds.map((id) => (
              <Hash key={id} text={id} label="audit id" />
            ))}
          </Definition>
        )}
        <Definition label="Hash">
          <Hash text={hash} label="hash" />
        </Definition>
        <Definition label="Before it">
          <Hash text={previousHash} label="hash before it" />
        </Definition>
        <Definition label="Checkpoint">
          {checkpoint ? (
            <>
              over {plural(checkpoint.size, "row")}, <Instant at={checkpoint.at} utc={utc} />
              <Hash text={checkpoint.root} label="root" />
            </>
          ) : (
            <span className="text-text-3">none covers it yet</span>
          )}
        </Definition>
      </DefinitionRows>
    </Section>
  );
}

function Shown({ pair, verbs, utc }: { pair: AuditPair; verbs: AuditStatus["verbs"]; utc: boolean }) {
  const { intent, outcome } = twoRows(pair);
  const row = intent ?? outcome ?? pair.row;
  const state = actState(outcome ?? row);
  const reasons = [...new Set([intent?.reason, outcome?.reason, row.result?.reason].filter(Boolean))];
  const about = verbs.find(({ verb }) => verb === row.verb)?.about;
  const tone = ACT_TONE[state];
  return (
    <>
      <h2 className={`flex items-baseline gap-2 pr-16 text-lg font-semibold ${TONE_TEXT[tone]}`}>
        <ToneMark tone={tone} />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <span className="mono text-[14px]!">{row.verb}</span> {state === "success" ? "was done" : state}
        </span>
      </h2>
      <p className="text-text-2">
        {reasons.length > 0
          ? reasons.map((reason) => <ClusterText key={reason} text={reason ?? ""} />)
          : ACT_ABOUT[state]}
      </p>
      <Times pair={pair} utc={utc} />
      <What row={row} about={about} />
      <Who actor={row.actor} />
      <Extra rows={[intent, outcome]} />
      <InTheRecord pair={pair} utc={utc} />
    </>
  );
}

interface RowPaneProps {
  open: RowRef;
  verbs: AuditStatus["verbs"];
  utc: boolean;
}

/** One act, whole: both of its rows, and where they stand in the chain. */
export function RowPane({ open, verbs, utc }: RowPaneProps) {
  const pair = useRecordPair(open.chain, open.sequence);
  let body: ReactNode = <SkeletonLines count={14} />;
  if (pair.data) body = <Shown pair={pair.data} verbs={verbs} utc={utc} />;
  else if (pair.error)
    body = (
      <ErrorNotice
        error={pair.error}
        what={`row ${formatCount(open.sequence)} of ${open.chain}`}
        onRetry={() => void pair.refetch()}
      />
    );
  return (
    <div className="h-full overflow-auto p-4" tabIndex={0} role="region" aria-label="the act">
      {body}
    </div>
  );
}
