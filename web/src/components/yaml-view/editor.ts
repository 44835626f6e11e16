// CodeMirror as a viewer: folding, search, nothing to type into.
import { codeFolding, foldAll, foldGutter, foldKeymap, unfoldAll } from "@codemirror/language";
import { yaml } from "@codemirror/lang-yaml";
import { openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { codePointName, invisiblePattern } from "@/lib/invisible";
import { editorTheme } from "./editor-theme";

/** What changed between two texts: everything but their common head and tail. */
export function smallestChange(
  before: string,
  after: string,
): { from: number; to: number; insert: string } | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail += 1;
  return { from: head, to: before.length - tail, insert: after.slice(head, after.length - tail) };
}

function showInvisible(code: number): HTMLElement {
  const mark = document.createElement("span");
  mark.className = "cm-invisible";
  mark.textContent = codePointName(String.fromCodePoint(code));
  mark.title = "an invisible character";
  return mark;
}

export interface YamlEditor {
  show: (text: string) => void;
  wrap: (on: boolean) => void;
  find: () => void;
  fold: () => void;
  unfold: () => void;
  destroy: () => void;
}

export interface EditorOptions {
  text: string;
  label: string;
  wrap: boolean;
}

/**
 * Makes the viewer inside a shadow root of `host`. There CodeMirror mounts its styles as constructed sheets;
 * in the document itself it would write a `<style>` element, which the content security policy forbids.
 */
export function makeEditor(host: HTMLElement, { text, label, wrap }: EditorOptions): YamlEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const wrapping = new Compartment();
  const wrapped = (on: boolean) => (on ? EditorView.lineWrapping : []);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.contentAttributes.of({ tabindex: "0", "aria-label": label, "aria-readonly": "true" }),
        lineNumbers(),
        codeFolding(),
        foldGutter(),
        yaml(),
        search({ top: true }),
        highlightSpecialChars({ specialChars: invisiblePattern(), render: showInvisible }),
        keymap.of([...searchKeymap, ...foldKeymap]),
        wrapping.of(wrapped(wrap)),
        ...editorTheme,
      ],
    }),
  });
  return {
    show(next) {
      const change = smallestChange(view.state.doc.toString(), next);
      if (change) view.dispatch({ changes: change });
    },
    wrap: (on) => view.dispatch({ effects: wrapping.reconfigure(wrapped(on)) }),
    find: () => openSearchPanel(view),
    fold: () => foldAll(view),
    unfold: () => unfoldAll(view),
    destroy: () => view.destroy(),
  };
}
