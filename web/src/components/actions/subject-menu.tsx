import { FloatingMenu } from "@/ui/floating-menu";
import { MenuList } from "@/ui/menu";
import { menuItems } from "./menu-items";
import type { MenuWish } from "./store";
import { useOffers } from "./use-offers";
import { objectsWord } from "./words";

/** The actions on some objects, where the pointer or the cursor is. */
export function SubjectMenu({ wish, onClose }: { wish: MenuWish; onClose: () => void }) {
  const { kind, targets, object, at } = wish;
  const subject = { kind, targets, object };
  const title = objectsWord(
    kind,
    targets.map(({ name }) => name),
  );
  const items = menuItems(useOffers(subject), subject);
  return (
    <FloatingMenu label={`actions on ${title}`} at={at} onClose={onClose}>
      <p aria-hidden className="label max-w-72 truncate border-b border-line px-3 py-1">
        {title}
      </p>
      {items.length === 0 ? (
        <p className="px-3 py-2 text-text-2">Nothing can be done with this kind.</p>
      ) : (
        <MenuList items={items} close={onClose} />
      )}
    </FloatingMenu>
  );
}
