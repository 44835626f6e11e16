import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from "react";
import { X } from "lucide-react";
import { Button } from "./button";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** `palette` has no title bar; `sheet` slides in from the left edge. */
  shape?: "dialog" | "palette" | "sheet";
}

const SHAPE = {
  dialog: "m-auto w-[min(640px,calc(100vw-24px))] max-h-[80vh] rounded-lg",
  palette: "mx-auto mt-[12vh] w-[min(640px,calc(100vw-24px))] max-h-[64vh] rounded-lg",
  sheet: "m-0 h-dvh max-h-dvh w-fit max-w-[86vw]",
};

const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select, textarea, [tabindex]";

/** From the last element to the first and back: the browser alone would let the page itself have the focus between. */
function keepFocus(event: KeyboardEvent<HTMLDialogElement>): void {
  if (event.key !== "Tab") return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (element) => element.tabIndex >= 0,
  );
  const [first, last] = event.shiftKey ? [all.at(-1), all[0]] : [all[0], all.at(-1)];
  if (first && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}

/** A modal: the focus stays inside, Escape and the backdrop close it. */
export function Dialog({ title, onClose, children, shape = "dialog" }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    if (!dialog || dialog.open) return;
    dialog.showModal();
    // The browser would give the focus to whatever scrolls: what is typed at once must not be lost.
    dialog.querySelector<HTMLElement>("[data-first-focus]")?.focus();
  }, []);
  return (
    <dialog
      ref={element}
      aria-label={title}
      onClose={onClose}
      onKeyDown={keepFocus}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === element.current && onClose()}
      className={`flex-col border border-line-strong bg-raised-1 p-0 text-text-1 shadow-float backdrop:bg-backdrop open:flex ${SHAPE[shape]}`}
    >
      {shape === "dialog" && (
        <header className="flex h-(--bar) shrink-0 items-center justify-between border-b border-line px-4">
          <h2 className="text-lg font-medium">{title}</h2>
          <Button look="quiet" icon={<X size={16} />} aria-label="close" onClick={onClose} />
        </header>
      )}
      <div className="min-h-0 flex-1 overflow-auto">{children}</div>
    </dialog>
  );
}

/** Rail and navigation fold into this on a narrow screen. */
export function Sheet(props: Omit<DialogProps, "shape">) {
  return <Dialog {...props} shape="sheet" />;
}
