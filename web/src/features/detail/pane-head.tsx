import { Fragment } from "react";
import type { ObjectDetail, ObjectRef } from "@/api/contract";
import { ObjectActions } from "@/components/actions/object-actions";
import type { Subject } from "@/components/actions/store";
import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { LogButton } from "@/components/log-button";
import { useKubectlTarget } from "@/components/use-kubectl";
import { kubectl } from "@/lib/kubectl";
import { listHref, openHref } from "@/lib/place";
import { objectRecordHref } from "@/lib/record-place";
import { Age } from "@/ui/age";
import { CopyButton } from "@/ui/copy-button";
import { Status } from "@/ui/tone-mark";
import type { Verdict } from "./facts/model";
import { useOwners } from "./use-owners";

const LOOK = "hover:text-text-1 hover:underline";

function Crumbs({ object, detail }: { object: ObjectRef; detail: ObjectDetail | undefined }) {
  const { cluster, kind, namespace } = object;
  const owners = useOwners(object, detail?.object);
  return (
    <nav
      aria-label="where it is"
      className="flex h-[18px] min-w-0 items-center gap-x-1.5 pr-16 text-sm whitespace-nowrap text-text-3"
    >
      {namespace && (
        <>
          <Link href={listHref(cluster, kind, { namespaces: [namespace] })} className={`shrink-0 ${LOOK}`}>
            <ClusterText text={namespace} />
          </Link>
          <span aria-hidden>/</span>
        </>
      )}
      {owners.map((owner, at) => (
        <Fragment key={`${owner.object.kind} ${owner.object.name}`}>
          <span>{owner.kind}</span>
          <Link
            href={openHref(owner.object)}
            className={`mono min-w-0 truncate ${at === owners.length - 1 && at > 0 ? "shrink" : "max-w-1/2 shrink-0"} ${LOOK}`}
            title={owner.object.name}
          >
            {owner.object.name}
          </Link>
          <span aria-hidden>›</span>
        </Fragment>
      ))}
      {owners.length === 0 && (
        <Link href={listHref(cluster, kind)} className={LOOK}>
          {detail?.kind.kind ?? kind}
        </Link>
      )}
    </nav>
  );
}

interface PaneHeadProps {
  object: ObjectRef;
  detail: ObjectDetail | undefined;
  verdict: Verdict | null;
  gone: boolean;
  /** What can be acted on; null while it is not read, or gone. */
  subject: Subject | null;
}

/** Where it is, its name, how it is, and the same read as a kubectl line. */
export function PaneHead({ object, detail, verdict, gone, subject }: PaneHeadProps) {
  const target = useKubectlTarget()(object.cluster);
  const place = object.namespace ? ["--namespace", object.namespace] : [];
  const line = kubectl(target, ["get", object.kind, object.name, ...place, "--output", "yaml"]);
  const created = detail?.object.metadata?.creationTimestamp;
  return (
    <header className="shrink-0 px-4 pt-2.5 pb-1">
      <Crumbs object={object} detail={detail} />
      <div className="flex min-h-(--control) items-center gap-1">
        <h2 className="mono min-w-0 text-base font-semibold [overflow-wrap:anywhere]">
          <ClusterText text={object.name} />
        </h2>
        <CopyButton text={object.name} label="copy the name" />
      </div>
      <div className="mt-0.5 flex min-h-(--control) flex-wrap items-center gap-x-3 gap-y-1">
        {gone ? (
          <Status tone="unknown">deleted</Status>
        ) : (
          verdict && <Status tone={verdict.tone}>{verdict.status}</Status>
        )}
        {created && (
          <span className="text-sm text-text-3">
            <Age at={created} className="mono" /> old
          </span>
        )}
        <Link
          href={objectRecordHref(object)}
          className="text-sm text-text-2 hover:text-text-1 hover:underline"
          title="everything that was done to it through Periscope"
        >
          its acts
        </Link>
        {/* An icon where there is little room: a second line would push everything down when the object arrives. */}
        <span className="ml-auto max-md:hidden">
          <CopyButton text={line} label="copy as kubectl">
            copy as kubectl
          </CopyButton>
        </span>
        <span className="ml-auto md:hidden">
          <CopyButton text={line} label="copy as kubectl" />
        </span>
      </div>
      {/* Its place is kept, so that nothing moves when the object arrives. */}
      <div
        role="toolbar"
        aria-label="actions"
        className="mt-1.5 mb-1 flex min-h-(--control) flex-wrap items-center gap-2"
      >
        {detail && !gone && <LogButton object={object} />}
        {subject && <ObjectActions subject={subject} />}
      </div>
    </header>
  );
}
