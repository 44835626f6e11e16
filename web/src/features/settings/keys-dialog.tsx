import { Dialog } from "@/ui/dialog";
import { Kbd, MOD } from "@/ui/kbd";
import { useSettings } from "@/ui/use-settings";

const KEYS: { title: string; keys: [string[], string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      [[`${MOD}K`], "search everything"],
      [[":"], "go to a kind: :pods payments"],
      [["?"], "this map"],
    ],
  },
  {
    title: "In a list",
    keys: [
      [["/"], "filter"],
      [["j", "k"], "next, previous row"],
      [["g", "G"], "first, last row"],
      [["Enter"], "open the row"],
      [["Esc"], "close the pane, then clear the selection"],
      [["x", "space"], "select the row"],
    ],
  },
  {
    title: "On a row",
    keys: [
      [["."], "its actions, also by right click"],
      [["s"], "scale"],
      [["r"], "restart"],
      [["D", "Delete"], "delete"],
      [["d"], "overview"],
      [["a"], "AWS access"],
      [["y"], "YAML"],
      [["e"], "events"],
      [["l"], "logs"],
    ],
  },
  {
    title: "In logs",
    keys: [
      [["`"], "fold and unfold the dock"],
      [["/"], "filter"],
      [["f", "G"], "follow"],
      [["j", "k"], "next, previous line"],
      [["Enter"], "open the line"],
      [["w"], "wrap"],
      [["t"], "times"],
      [["o"], "JSON by fields, or as written"],
      [["p"], "the run before"],
      [["c"], "copy the line"],
    ],
  },
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  const { shortcuts } = useSettings();
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <div className="grid gap-6 p-4 sm:grid-cols-2">
        {KEYS.map(({ title, keys }) => (
          <section key={title}>
            <h3 className="label mb-1 font-medium">{title}</h3>
            <dl>
              {keys.map(([names, what]) => (
                <div key={what} className="flex items-center justify-between gap-4 py-0.5">
                  <dt className="text-text-2">{what}</dt>
                  <dd className="flex gap-1">
                    {names.map((name) => (
                      <Kbd key={name}>{name}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      {!shortcuts && (
        <p className="border-t border-line px-4 py-2 text-warning">
          Single keys are switched off in the settings.
        </p>
      )}
    </Dialog>
  );
}
