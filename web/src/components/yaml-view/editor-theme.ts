import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// Colours are the console's tokens: custom properties reach through the shadow root, so one theme serves both.
const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--text-1)", backgroundColor: "transparent", fontSize: "12px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: '"JetBrains Mono", ui-monospace, monospace',
    lineHeight: "19px",
    letterSpacing: "-0.01em",
    scrollbarWidth: "thin",
    scrollbarColor: "var(--line-strong) transparent",
  },
  ".cm-content": { padding: "8px 0 32px" },
  ".cm-content:focus-visible": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--text-3)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 4px 0 12px", minWidth: "32px" },
  ".cm-foldGutter .cm-gutterElement": { padding: "0 4px", cursor: "pointer" },
  ".cm-foldGutter .cm-gutterElement:hover": { color: "var(--text-1)" },
  ".cm-foldPlaceholder": {
    backgroundColor: "var(--raised-3)",
    border: "none",
    color: "var(--text-2)",
    padding: "0 6px",
    borderRadius: "3px",
  },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": {
    backgroundColor: "var(--accent-soft)",
  },
  ".cm-searchMatch": { backgroundColor: "var(--warning-soft)", outline: "1px solid var(--warning)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--accent-soft)", outline: "2px solid var(--accent)" },
  ".cm-invisible": {
    border: "1px dashed var(--danger)",
    borderRadius: "3px",
    color: "var(--danger)",
    padding: "0 2px",
    fontSize: "11px",
  },
  ".cm-panels": { backgroundColor: "var(--raised-2)", color: "var(--text-1)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": {
    padding: "4px 28px 4px 8px",
    fontFamily: '"Inter", system-ui, sans-serif',
    fontSize: "12px",
  },
  ".cm-panel.cm-search label": { fontSize: "12px", marginRight: "8px", whiteSpace: "nowrap" },
  ".cm-panel.cm-search br": { display: "none" },
  ".cm-textfield": {
    backgroundColor: "var(--bg)",
    color: "var(--text-1)",
    border: "1px solid var(--line-strong)",
    borderRadius: "5px",
    height: "24px",
    padding: "0 6px",
    fontSize: "12px",
    fontFamily: '"JetBrains Mono", ui-monospace, monospace',
  },
  ".cm-textfield:focus-visible, .cm-button:focus-visible": {
    outline: "2px solid var(--accent)",
    outlineOffset: "1px",
  },
  ".cm-button": {
    backgroundColor: "transparent",
    backgroundImage: "none",
    color: "var(--text-1)",
    border: "1px solid var(--line-strong)",
    borderRadius: "5px",
    height: "24px",
    padding: "0 8px",
    fontSize: "12px",
  },
  ".cm-button:hover": { backgroundColor: "var(--raised-3)" },
  ".cm-panel.cm-search [name=close]": { color: "var(--text-2)", fontSize: "16px", top: "4px", right: "8px" },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--text-1)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword, tags.atom], color: "var(--notice)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--text-3)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.labelName, tags.meta], color: "var(--warning)" },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: "var(--text-3)" },
]);

export const editorTheme = [theme, syntaxHighlighting(colours)];
