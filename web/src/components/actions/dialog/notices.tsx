import type { Notice } from "@/api/actions-contract";
import { ClusterText } from "@/components/cluster-text";
import { ObjectLink } from "@/components/object-link";
import { TONE_TEXT, TONE_WORD, ToneMark } from "@/ui/tone-mark";

/** What one should know before: budgets, autoscalers, owners that would undo it. */
export function Notices({ notices }: { notices: readonly Notice[] }) {
  if (notices.length === 0) return null;
  return (
    <ul className="flex flex-col gap-0.5">
      {notices.map((notice, at) => (
        <li key={`${notice.code} ${at}`} className="flex items-baseline gap-1.5">
          <ToneMark tone={notice.tone} label={TONE_WORD[notice.tone]} className="translate-y-px" />
          <span className={`min-w-0 [overflow-wrap:anywhere] ${TONE_TEXT[notice.tone]}`}>
            <ClusterText text={notice.text} />
            {notice.object && (
              <>
                {" "}
                <ObjectLink object={notice.object} className="text-text-1 underline-offset-2" />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
