import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from "react";
import { X } from "lucide-react";
import { Button } from "./button";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** `palette` has no title bar; `sheet` is at the left edge; `wide` is a sheet at the bottom of a narrow screen. */
  shape?: "dialog" | "palette" | "sheet" | "wide";
  /** Beside the title. */
  aside?: ReactNode;
  /** Stays in sight below what scrolls. */
  footer?: ReactNode;
  /** What was typed would be lost: a click beside it closes nothing. */
  keep?: boolean;
}

const SHAPE = {
  dialog: "m-auto w-[min(640px,calc(100vw-24px))] max-h-[80vh] rounded-lg",
  palette: "mx-auto mt-[12vh] w-[min(640px,calc(100vw-24px))] max-h-[64vh] rounded-lg",
  wide: "m-auto w-[min(760px,calc(100vw-24px))] max-h-[86dvh] rounded-lg max-md:mb-0 max-md:w-full max-md:max-w-full max-md:max-h-[94dvh] max-md:rounded-b-none",
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
export function Dialog(props: DialogProps) {
  const { title, onClose, children, shape = "dialog", aside, footer, keep = false } = props;
  const element = useRef<HTMLDialogElement>(null);
  const opener = useRef<Element | null>(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    if (!dialog) return undefined;
    if (!dialog.open) {
      opener.current = document.activeElement;
      dialog.showModal();
      // The browser would give the focus to whatever scrolls: what is typed at once must not be lost.
      dialog.querySelector<HTMLElement>("[data-first-focus]")?.focus();
    }
    // The browser gives the focus back when a dialog is closed, not when it is removed; and nothing outside can have
    // it before that.
    return () => {
      const before = opener.current;
      queueMicrotask(() => {
        if (before instanceof HTMLElement && document.activeElement === document.body)
          before.focus({ preventScroll: true });
      });
    };
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
      onClick={(event) => !keep && event.target === element.current && onClose()}
      className={`flex-col border border-line-strong bg-raised-1 p-0 text-text-1 shadow-float backdrop:bg-backdrop open:flex ${SHAPE[shape]}`}
    >
      {(shape === "dialog" || shape === "wide") && (
        <header className="flex min-h-(--bar) shrink-0 items-center justify-between gap-x-3 border-b border-line px-4 py-1.5 max-md:flex-wrap">
          <h2 className="min-w-0 flex-1 text-lg font-medium [overflow-wrap:anywhere]">{title}</h2>
          {aside && (
            <div className="ml-auto min-w-0 max-md:order-last max-md:ml-0 max-md:w-full">{aside}</div>
          )}
          <Button look="quiet" icon={<X size={16} />} aria-label="close" onClick={onClose} />
        </header>
      )}
      <div className="min-h-0 flex-1 overflow-auto">{children}</div>
      {footer && (
        <footer className="flex shrink-0 flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-2.5">
          {footer}
        </footer>
      )}
    </dialog>
  );
}

/** Rail and navigation fold into this on a narrow screen. */
export function Sheet(props: Omit<DialogProps, "shape">) {
  return <Dialog {...props} shape="sheet" />;
}
