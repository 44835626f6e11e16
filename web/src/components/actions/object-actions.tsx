import { ChevronDown } from "lucide-react";
import { Button } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { actionTitle } from "./catalogue";
import { menuItems } from "./menu-items";
import { actionStore, type Subject } from "./store";
import { useOffers } from "./use-offers";

/** More buttons than this are a menu. */
const BUTTONS = 3;

/** What can be done with one object: the commonest as buttons, everything in the menu. */
export function ObjectActions({ subject }: { subject: Subject }) {
  const offers = useOffers(subject);
  if (offers.length === 0) return null;
  const buttons = offers.filter(({ spec }) => spec.primary).slice(0, BUTTONS);
  return (
    <>
      {buttons.map(({ spec, disabledReason }) => (
        <Button
          key={spec.id}
          look={spec.danger ? "danger" : "plain"}
          shortcut={spec.key}
          disabledReason={disabledReason}
          onClick={() => actionStore.ask({ ...subject, action: spec.id })}
        >
          {actionTitle(spec)}
        </Button>
      ))}
      {offers.length > buttons.length && (
        <Menu button="More" icon={<ChevronDown size={14} />} items={menuItems(offers, subject)} />
      )}
    </>
  );
}
