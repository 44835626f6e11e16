import { ChevronDown, X } from "lucide-react";
import { formatCount } from "@/lib/quantity";
import { Button } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { actionTitle } from "./catalogue";
import { menuItems } from "./menu-items";
import { actionStore, type Subject } from "./store";
import { useOffers } from "./use-offers";

/** More buttons than this are a menu. */
const BUTTONS = 4;

interface BulkBarProps {
  subject: Subject;
  onClear: () => void;
}

/** What can be done with everything that is selected; it floats, so that no row moves when it comes. */
export function BulkBar({ subject, onClear }: BulkBarProps) {
  const offers = useOffers(subject);
  const { targets } = subject;
  const clusters = new Set(targets.map(({ cluster }) => cluster)).size;
  const buttons = offers.filter(({ spec }) => spec.primary && !spec.single).slice(0, BUTTONS);
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-3 z-20 flex justify-center px-3">
      <div
        role="toolbar"
        aria-label="selection"
        className="pointer-events-auto flex max-w-full items-center gap-2 rounded-lg border border-line-strong bg-raised-1 py-1.5 pr-1.5 pl-3 shadow-float"
      >
        <span role="status" className="mr-1 text-sm whitespace-nowrap text-text-2">
          <strong className="font-semibold text-text-1">{formatCount(targets.length)}</strong> selected
          {clusters > 1 && ` in ${clusters} clusters`}
        </span>
        <span className="flex gap-2 @max-[560px]:hidden">
          {buttons.map(({ spec, disabledReason }) => (
            <Button
              key={spec.id}
              look={spec.danger ? "danger" : "plain"}
              disabledReason={disabledReason}
              onClick={() => actionStore.ask({ ...subject, action: spec.id })}
            >
              {actionTitle(spec)}
            </Button>
          ))}
        </span>
        <Menu
          button="Actions"
          icon={<ChevronDown size={14} />}
          align="right"
          up
          items={menuItems(offers, subject)}
        />
        <Button
          look="quiet"
          icon={<X size={14} />}
          aria-label="clear the selection"
          title="clear the selection (Esc)"
          onClick={onClear}
        />
      </div>
    </div>
  );
}
