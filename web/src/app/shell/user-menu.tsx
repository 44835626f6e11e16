import { CircleUser } from "lucide-react";
import { useLocation } from "wouter";
import { signInAs, signOut, useAuthOptions, useSession } from "@/api/queries";
import { Popover, MenuList, type MenuItem } from "@/ui/menu";
import { SkeletonLines } from "@/ui/skeleton";

/** Loads the page anew: nothing that the former user saw may stay in memory. */
const afresh = async (change: Promise<void>) => {
  await change;
  location.reload();
};

/** Asked for when the menu opens: nothing on the page needs it before. */
function Personas({ current, close }: { current: string | null; close: () => void }) {
  const options = useAuthOptions();
  const items: MenuItem[] = (options.data?.personas ?? []).map((each) => ({
    id: each.id,
    label: each.id === current ? `${each.name} (you)` : `Become ${each.name}`,
    about: each.about,
    onSelect: () => void afresh(signInAs(each.id)),
  }));
  return (
    <div className="border-b border-line">
      {options.data ? <MenuList items={items} close={close} /> : <SkeletonLines count={4} />}
    </div>
  );
}

export function UserMenu({ onKeys }: { onKeys: () => void }) {
  const session = useSession();
  const [, navigate] = useLocation();
  const demo = session.data?.mode === "demo";
  if (!session.data) return <span aria-hidden className="h-(--control) w-[116px] max-md:w-(--control)" />;
  const { user, groups, persona, serverVersion } = session.data;
  const items: MenuItem[] = [
    { id: "settings", label: "Settings", onSelect: () => navigate("/settings") },
    { id: "keys", label: "Keyboard", note: "?", onSelect: onKeys },
    ...(demo ? [{ id: "out", label: "Sign out", onSelect: () => void afresh(signOut()) }] : []),
  ];
  return (
    <Popover
      label={`${user}, your menu`}
      look="quiet"
      align="right"
      icon={<CircleUser size={16} strokeWidth={1.75} />}
      button={<span className="min-w-[76px] max-w-52 truncate max-md:hidden">{user}</span>}
    >
      {(close) => (
        <div className="w-72">
          <div className="border-b border-line px-3 py-2">
            <div className="mono">{user}</div>
            <div className="label break-words">{groups.join(", ")}</div>
          </div>
          {demo && <Personas current={persona ?? null} close={close} />}
          <MenuList items={items} close={close} />
          <div className="label border-t border-line px-3 py-1.5">Periscope {serverVersion}</div>
        </div>
      )}
    </Popover>
  );
}
