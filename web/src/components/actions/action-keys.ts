import type { Kind } from "@/api/contract";
import type { Shortcuts } from "../shortcuts";
import { ACTIONS, actionSpec, KEY_ALIASES, type ActionId } from "./catalogue";
import { actionStore, type Subject } from "./store";

const KEYS: [key: string, id: ActionId][] = [
  ...ACTIONS.flatMap(({ key, id }) => (key ? [[key, id] as [string, ActionId]] : [])),
  ...Object.entries(KEY_ALIASES),
];

/** The keys of the actions: each asks first, as its button would. A kind without the action leaves the key alone. */
export function actionKeys(kind: Kind | undefined, subject: () => Subject | null): Shortcuts {
  return Object.fromEntries(
    KEYS.map(([key, id]) => [
      key,
      () => {
        const found = kind && subject();
        if (!found || found.targets.length === 0) return false;
        if (!actionSpec(id).offered(kind, found.object)) return false;
        actionStore.ask({ ...found, action: id });
        return true;
      },
    ]),
  );
}
