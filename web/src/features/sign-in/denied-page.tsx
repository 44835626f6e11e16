import { useState } from "react";
import type { Session } from "@/api/contract";
import { asApiError } from "@/api/problem";
import { signOut } from "@/api/queries";
import { ClusterText } from "@/components/cluster-text";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy-button";
import { Definition, DefinitionRows } from "@/ui/definition-rows";
import { ToneMark } from "@/ui/tone-mark";

const listed = (groups: readonly string[]) => (groups.length > 0 ? groups.join(", ") : "none");

/** What somebody sends to who can let them in. */
export function deniedText({ user, issuer, subject, groups, admission }: Session): string {
  return [
    `Periscope does not admit ${user}.`,
    ...(issuer ? [`identity: ${subject ?? ""} of ${issuer}`] : []),
    `groups that arrived: ${listed(groups)}`,
    `groups that would let in: ${listed(admission?.allowedGroups ?? [])}`,
  ].join("\n");
}

function Groups({ groups, none }: { groups: readonly string[]; none: string }) {
  if (groups.length === 0) return <span className="text-text-2">{none}</span>;
  return (
    <ul>
      {groups.map((group) => (
        <li key={group} className="mono [overflow-wrap:anywhere]">
          <ClusterText text={group} />
        </li>
      ))}
    </ul>
  );
}

/** Signed in, but in none of the groups that may use this Periscope: who one is, and what would help. */
export function DeniedPage({ session, onRetry }: { session: Session; onRetry: () => void }) {
  const { user, issuer, subject, groups, admission } = session;
  const [failed, setFailed] = useState("");
  const leave = async () => {
    try {
      await signOut();
      location.assign("/sign-in?signed-out=1");
    } catch (error) {
      setFailed(`You are still signed in: ${asApiError(error).problem.detail}`);
    }
  };
  return (
    <main className="mx-auto flex min-h-full max-w-xl flex-col justify-center px-4 py-10">
      <div className="flex items-center gap-2 text-lg font-semibold">
        <img src="/favicon.svg" alt="" width="24" height="24" /> Periscope
      </div>
      <h1 className="mt-6 flex items-baseline gap-2 text-xl font-semibold">
        <ToneMark tone="warning" className="self-center" /> You are not admitted here
      </h1>
      <p className="mb-4 text-md text-text-2">
        You are signed in, but none of your groups may use this Periscope. A group of the second list lets you
        in.
      </p>
      <DefinitionRows>
        <Definition label="You are">
          <span className="mono">{user}</span>
          {issuer && (
            <span className="block text-sm [overflow-wrap:anywhere] text-text-3">
              {subject} of {issuer}
            </span>
          )}
        </Definition>
        <Definition label="Your groups">
          <Groups groups={groups} none="none arrived from the identity provider" />
        </Definition>
        <Definition label="Would let you in">
          <Groups groups={admission?.allowedGroups ?? []} none="no group is named in the configuration" />
        </Definition>
      </DefinitionRows>
      {failed && (
        <p role="alert" className="mt-4 text-danger">
          {failed}
        </p>
      )}
      <p className="mt-4 text-text-2">
        Groups are read when you sign in: after you were added to one, sign out and in again.
      </p>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button look="primary" onClick={() => void leave()}>
          Sign out
        </Button>
        <Button onClick={onRetry}>Try again</Button>
        <CopyButton text={deniedText(session)} label="Copy for an administrator">
          Copy for an administrator
        </CopyButton>
      </div>
    </main>
  );
}
