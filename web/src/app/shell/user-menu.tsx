import { CircleUser } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { Session, SessionCluster } from "@/api/contract";
import { asApiError } from "@/api/problem";
import { signInAs, signOut, useAuthOptions, useSession } from "@/api/queries";
import { sessionsHref } from "@/lib/place";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Popover, MenuList, type MenuItem } from "@/ui/menu";
import { SkeletonLines } from "@/ui/skeleton";

/** Loads the page anew: nothing that the former user saw may stay in memory. */
const become = async (persona: string) => {
  await signInAs(persona);
  location.reload();
};

interface Leaving {
  /** Why somebody who wanted to leave is still there. */
  failed: { everywhere: boolean; why: string } | null;
  leave: (everywhere: boolean) => Promise<void>;
  stay: () => void;
}

function useLeaving(): Leaving {
  const [failed, setFailed] = useState<Leaving["failed"]>(null);
  return {
    failed,
    stay: () => setFailed(null),
    leave: async (everywhere) => {
      try {
        await signOut(everywhere);
        location.assign(`/sign-in?signed-out=${everywhere ? "everywhere" : "here"}`);
      } catch (error) {
        setFailed({ everywhere, why: asApiError(error).problem.detail });
      }
    },
  };
}

/** Whoever walks away must not believe that they are out. */
function StillIn({ failed, leave, stay }: Leaving) {
  if (!failed) return null;
  return (
    <Dialog
      title="You are still signed in"
      onClose={stay}
      footer={
        <>
          <Button onClick={stay}>Stay</Button>
          <Button look="primary" onClick={() => void leave(failed.everywhere)} data-first-focus>
            Try again
          </Button>
        </>
      }
    >
      <p className="p-4 text-text-2">
        Signing out{failed.everywhere ? " everywhere" : ""} failed: {failed.why}
      </p>
    </Dialog>
  );
}

/** Asked for when the menu opens: nothing on the page needs it before. */
function Personas({ current, close }: { current: string | null; close: () => void }) {
  const options = useAuthOptions();
  const items: MenuItem[] = (options.data?.personas ?? []).map((each) => ({
    id: each.id,
    label: each.id === current ? `${each.name} (you)` : `Become ${each.name}`,
    about: each.about,
    onSelect: () => void become(each.id),
  }));
  return (
    <div className="border-b border-line">
      {options.data ? <MenuList items={items} close={close} /> : <SkeletonLines count={4} />}
    </div>
  );
}

const MODE_WORDS: Record<string, string> = {
  raw: "as yourself",
  shared: "as everybody",
};

/** What one may do in each cluster, by the name it has there. */
export function tierWords({ mode, tier, admitted }: SessionCluster): string {
  if (!admitted) return "not admitted";
  return mode === "tier" ? (tier ?? "no tier") : (MODE_WORDS[mode] ?? mode);
}

function Tiers({ clusters }: { clusters: SessionCluster[] }) {
  if (clusters.length === 0) return null;
  return (
    <dl
      className="max-h-44 overflow-y-auto border-b border-line px-3 py-2"
      tabIndex={0}
      aria-label="your tiers"
    >
      {clusters.map((each) => (
        <div
          key={each.cluster}
          className="flex justify-between gap-3"
          title={each.reason ?? `acts as ${each.impersonates.user}, ${each.impersonates.groups.join(", ")}`}
        >
          <dt className="truncate text-text-2">{each.cluster}</dt>
          <dd className={each.admitted ? "" : "text-text-3"}>{tierWords(each)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Who({ session }: { session: Session }) {
  const { user, groups, issuer, mode } = session;
  return (
    <div className="border-b border-line px-3 py-2">
      <div className="mono break-words">{user}</div>
      <div className="label break-words">{groups.join(", ") || "in no group"}</div>
      {mode === "oidc" && issuer && <div className="label break-words">of {issuer}</div>}
    </div>
  );
}

export function UserMenu({ onKeys }: { onKeys: () => void }) {
  const session = useSession();
  const [, navigate] = useLocation();
  const leaving = useLeaving();
  if (!session.data) return <span aria-hidden className="h-(--control) w-[116px] max-md:w-(--control)" />;
  const { user, mode, persona, clusters = [], serverVersion } = session.data;
  const sessions = mode === "demo" || mode === "oidc";
  const items: MenuItem[] = [
    { id: "settings", label: "Settings", onSelect: () => navigate("/settings") },
    { id: "keys", label: "Keyboard", note: "?", onSelect: onKeys },
    ...(sessions
      ? [
          { id: "sessions", label: "Sessions", onSelect: () => navigate(sessionsHref()) },
          { id: "out", label: "Sign out", onSelect: () => void leaving.leave(false) },
          { id: "out-everywhere", label: "Sign out everywhere", onSelect: () => void leaving.leave(true) },
        ]
      : []),
  ];
  return (
    <>
      <StillIn {...leaving} />
      <Popover
        label={`${user}, your menu`}
        look="quiet"
        align="right"
        icon={<CircleUser size={16} strokeWidth={1.75} />}
        button={<span className="min-w-[76px] max-w-52 truncate max-md:hidden">{user}</span>}
      >
        {(close) => (
          <div className="w-72">
            <Who session={session.data} />
            <Tiers clusters={clusters} />
            {mode === "demo" && <Personas current={persona ?? null} close={close} />}
            <MenuList items={items} close={close} />
            <div className="label border-t border-line px-3 py-1.5">Periscope {serverVersion}</div>
          </div>
        )}
      </Popover>
    </>
  );
}
