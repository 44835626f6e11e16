import type { MenuItem } from "@/ui/menu";
import { actionTitle } from "./catalogue";
import { actionStore, type Subject } from "./store";
import type { Offer } from "./use-offers";

export const menuItems = (offers: Offer[], subject: Subject): MenuItem[] =>
  offers.map(({ spec, disabledReason }) => ({
    id: spec.id,
    label: actionTitle(spec),
    danger: spec.danger,
    shortcut: spec.key,
    disabledReason,
    onSelect: () => actionStore.ask({ ...subject, action: spec.id }),
  }));
