import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { SessionItem } from "@/api/contract";
import { asApiError } from "@/api/problem";
import { revokeSession, useSession, useSessions } from "@/api/queries";
import { ClusterText } from "@/components/cluster-text";
import { ErrorNotice } from "@/components/error-notice";
import { Link } from "@/components/link";
import { recordHref, recordTerm } from "@/lib/record-place";
import { plural } from "@/lib/quantity";
import { Age } from "@/ui/age";
import { Button } from "@/ui/button";
import { Tag } from "@/ui/chip";
import { Definition, DefinitionRows } from "@/ui/definition-rows";
import { Dialog } from "@/ui/dialog";
import { SkeletonLines } from "@/ui/skeleton";
import { browserWords, matchesSession } from "./sessions";

function Confirm({ session, onClose }: { session: SessionItem; onClose: () => void }) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const revoke = async () => {
    setBusy(true);
    try {
      await revokeSession(session.id);
      await client.invalidateQueries({ queryKey: ["sessions"] });
      onClose();
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  return (
    <Dialog title="End this session" onClose={onClose}>
      <div className="flex flex-col gap-3 p-4">
        <p className="text-text-2">
          Its requests are refused at once; streams, downloads and actions under way end within seconds. What
          they did until then is not undone. It is recorded as your act.
        </p>
        <DefinitionRows>
          <Definition label="Who">
            <span className="mono">{session.user}</span>
          </Definition>
          <Definition label="Browser">{browserWords(session.userAgent)}</Definition>
          <Definition label="Address">
            <span className="mono">{session.address}</span>
          </Definition>
          <Definition label="Last seen">
            <Age at={session.lastSeenAt} /> ago
          </Definition>
        </DefinitionRows>
        {error !== null && (
          <p role="alert" className="text-danger">
            {asApiError(error).problem.detail}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Keep it</Button>
          <Button
            look="danger"
            onClick={() => void revoke()}
            disabledReason={busy ? "it is being ended" : null}
          >
            End the session
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Row({ session, all, onEnd }: { session: SessionItem; all: boolean; onEnd: () => void }) {
  return (
    <tr className="border-b border-line align-top max-md:flex max-md:flex-col max-md:py-2">
      {all && (
        <td className="mono py-1.5 pr-4 max-md:py-0">
          <ClusterText text={session.user} />
          <span className="block font-sans text-sm text-text-3">{session.provider}</span>
        </td>
      )}
      <td className="py-1.5 pr-4 max-md:py-0" title={session.userAgent}>
        {browserWords(session.userAgent)} {session.current && <Tag tone="notice">this one</Tag>}
        <span className="mono block text-text-3">{session.address}</span>
      </td>
      <td className="py-1.5 pr-4 max-md:py-0">
        <span className="text-text-3 md:hidden">last seen </span>
        <Age at={session.lastSeenAt} /> ago
      </td>
      <td className="py-1.5 pr-4 text-text-2 max-md:py-0">
        <span className="text-text-3 md:hidden">signed in </span>
        <Age at={session.startedAt} /> ago
      </td>
      <td className="py-1.5 text-right whitespace-nowrap max-md:pt-1 max-md:text-left">
        <Link
          href={recordHref({ filter: recordTerm("session", session.id), range: { span: "all" } })}
          className="link mr-3 text-sm"
        >
          its acts
        </Link>
        <Button
          look="danger"
          onClick={onEnd}
          disabledReason={session.current ? "this is the session you are in: sign out instead" : null}
        >
          End
        </Button>
      </td>
    </tr>
  );
}

function Sessions({ all, text }: { all: boolean; text: string }) {
  const sessions = useSessions(all);
  const [ending, setEnding] = useState<SessionItem | null>(null);
  if (sessions.error && !sessions.data)
    return <ErrorNotice error={sessions.error} what="sessions" onRetry={() => void sessions.refetch()} />;
  if (!sessions.data) return <SkeletonLines count={6} />;
  const found = sessions.data.filter((each) => matchesSession(each, text));
  const heads = [...(all ? ["Who"] : []), "Browser", "Last seen", "Signed in"];
  return (
    <>
      <p className="mb-2 text-text-2">
        {text
          ? `${found.length} of ${plural(sessions.data.length, "open session")}`
          : plural(found.length, "open session")}
        {all ? " of everybody." : " of yours."}
      </p>
      <table className="w-full border-collapse text-left max-md:block">
        <thead className="max-md:hidden">
          <tr className="border-b border-line text-sm text-text-2">
            {heads.map((head) => (
              <th key={head} scope="col" className="h-7 pr-4 font-normal">
                {head}
              </th>
            ))}
            <th scope="col" className="w-44">
              <span className="sr-only">what can be done</span>
            </th>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {found.map((each) => (
            <Row key={each.id} session={each} all={all} onEnd={() => setEnding(each)} />
          ))}
        </tbody>
      </table>
      {found.length === 0 && <p className="py-2 text-text-3">No open session matches.</p>}
      {ending && <Confirm session={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

/** Where one is signed in; for who may end sessions, where everybody is. */
export function SessionsPage() {
  const admin = useSession().data?.sessionAdmin === true;
  const [everybody, setEverybody] = useState(false);
  const [text, setText] = useState("");
  const all = admin && everybody;
  return (
    <div className="h-full overflow-auto px-6 py-4 max-md:px-3">
      <div className="max-w-4xl">
        <p className="mb-3 text-text-2">
          Each browser in which somebody is signed in. Whatever looks unfamiliar, end it and tell who runs
          Periscope.
        </p>
        {admin && (
          <div className="mb-3 flex flex-wrap items-center gap-3">
            <label className="flex items-center gap-1.5">
              <input
                type="checkbox"
                checked={everybody}
                onChange={(event) => setEverybody(event.target.checked)}
                className="accent-(--accent)"
              />
              sessions of everybody
            </label>
            <input
              type="search"
              value={text}
              onChange={(event) => setText(event.target.value)}
              placeholder="Find by person, address or browser"
              aria-label="find a session"
              className="h-(--control) w-64 rounded border border-line-strong bg-raised-1 px-2"
            />
          </div>
        )}
        <Sessions key={String(all)} all={all} text={text} />
      </div>
    </div>
  );
}
