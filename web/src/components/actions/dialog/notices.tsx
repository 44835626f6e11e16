import type { Notice } from "@/api/actions-contract";
import type { ObjectRef } from "@/api/contract";
import { ClusterText } from "@/components/cluster-text";
import { ObjectLink } from "@/components/object-link";
import { findName } from "@/lib/text";
import { TONE_TEXT, TONE_WORD, ToneMark } from "@/ui/tone-mark";

/** The object is the link where the text names it; where it does not, it stands behind. */
function NoticeText({ text, object }: { text: string; object: ObjectRef | null | undefined }) {
  if (!object) return <ClusterText text={text} />;
  const at = findName(text, object.name);
  const link = <ObjectLink object={object} className="text-text-1" />;
  if (at < 0) {
    return (
      <>
        <ClusterText text={text} /> {link}
      </>
    );
  }
  return (
    <>
      <ClusterText text={text.slice(0, at)} />
      {link}
      <ClusterText text={text.slice(at + object.name.length)} />
    </>
  );
}

/** What one should know before: budgets, autoscalers, owners that would undo it. */
export function Notices({ notices }: { notices: readonly Notice[] }) {
  if (notices.length === 0) return null;
  return (
    <ul className="flex flex-col gap-0.5">
      {notices.map((notice, at) => (
        <li key={`${notice.code} ${at}`} className="flex items-baseline gap-1.5">
          <ToneMark tone={notice.tone} label={TONE_WORD[notice.tone]} className="translate-y-px" />
          <span className={`min-w-0 [overflow-wrap:anywhere] ${TONE_TEXT[notice.tone]}`}>
            <NoticeText text={notice.text} object={notice.object} />
          </span>
        </li>
      ))}
    </ul>
  );
}
