import { actionTitle } from "@/components/actions/catalogue";
import { actionStore, type Subject } from "@/components/actions/store";
import type { Offer } from "@/components/actions/use-offers";
import { objectsWord } from "@/components/actions/words";
import type { Entry } from "./entries";

/** With nothing typed, a few of them show that they are there. */
const SHOWN_UNASKED = 4;

/** What can be done with what the page is about: its selection, or the object that is open. */
export function actionEntries(text: string, subject: Subject | null, offers: readonly Offer[]): Entry[] {
  if (!subject || text.startsWith(":")) return [];
  const objects = objectsWord(
    subject.kind,
    subject.targets.map(({ name }) => name),
  );
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = offers.filter(({ spec }) => {
    const title = `${spec.title} ${spec.id} ${objects}`.toLowerCase();
    return words.every((word) => title.includes(word));
  });
  return found.slice(0, words.length === 0 ? SHOWN_UNASKED : undefined).map(({ spec, disabledReason }) => ({
    key: `action ${spec.id}`,
    section: "Actions",
    title: actionTitle(spec),
    note: disabledReason ?? objects,
    href: "",
    disabledReason,
    act: () => actionStore.ask({ ...subject, action: spec.id }),
  }));
}
