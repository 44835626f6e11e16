import { lazy, Suspense } from "react";
import { actionStore, useActionState } from "./store";

const ActionDialog = lazy(async () => ({ default: (await import("./dialog/action-dialog")).ActionDialog }));
const SubjectMenu = lazy(async () => ({ default: (await import("./subject-menu")).SubjectMenu }));

/** Where menus and dialogs of actions stand: once in the shell, so that no page takes them along when it goes. */
export function ActionHost() {
  const { wish, menu, serial } = useActionState();
  return (
    <Suspense>
      {menu && <SubjectMenu key={`menu ${serial}`} wish={menu} onClose={actionStore.close} />}
      {wish && <ActionDialog key={`ask ${serial}`} wish={wish} onClose={actionStore.close} />}
    </Suspense>
  );
}
