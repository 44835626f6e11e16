import { useEffect, useRef } from "react";
import { readSettings } from "@/lib/settings";

/** A handler that returns false has nothing to do here: the key goes on to whoever else listens. */
export type Shortcuts = Record<string, (event: KeyboardEvent) => unknown>;

const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]";
/** What these keys mean to the element that has the focus comes first. */
const OWN_KEYS: [keys: RegExp, elements: string][] = [
  [/^(Enter| )$/, "a, button, summary, input"],
  [/^(Arrow|Home|End|Page)/, "input, [role=tab], [role=menuitem], [role=separator]"],
  // A panel that has the focus is scrolled by these.
  [/^( |Arrow|Home|End|Page)/, "[role=tabpanel]"],
];

/** Letters and signs: what can be switched off, because it collides with speech input and typing. */
const isCharacter = (key: string) => key.length === 1 && key !== " ";

/** Whether a key pressed on `target` is a shortcut at all, and not that element's own. */
export function isShortcut(key: string, target: unknown, charactersOn: boolean): boolean {
  const element =
    target !== null && typeof target === "object" && "closest" in target ? (target as Element) : null;
  if (element?.closest(TYPING)) return false;
  if (isCharacter(key)) return charactersOn;
  return !OWN_KEYS.some(([keys, elements]) => keys.test(key) && element?.closest(elements));
}

/** Keys (`j`, `Enter`, `?`), silent while somebody types or in a dialog; letters can be switched off. */
export function useShortcuts(shortcuts: Shortcuts, enabled = true): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    if (!enabled) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
      if (!isShortcut(event.key, event.target, readSettings().shortcuts)) return;
      const handler = latest.current[event.key];
      if (!handler) return;
      if (handler(event) !== false) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [enabled]);
}
