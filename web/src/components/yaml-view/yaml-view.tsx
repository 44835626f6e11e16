import { ChevronsDownUp, ChevronsUpDown, Search, WrapText } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy-button";
import { makeEditor, type YamlEditor } from "./editor";

interface YamlViewProps {
  text: string;
  label: string;
  managedFields: boolean;
  onManagedFields: (on: boolean) => void;
}

/** Keys typed into the search field belong to it, not to the page's shortcuts. */
function keepKeys(event: KeyboardEvent) {
  const [inner] = event.composedPath();
  if (inner instanceof HTMLInputElement) event.stopPropagation();
}

function useEditor(text: string, label: string, wrap: boolean) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<YamlEditor | null>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    editor.current = makeEditor(element, { text: "", label, wrap: false });
    element.addEventListener("keydown", keepKeys);
    return () => {
      element.removeEventListener("keydown", keepKeys);
      editor.current?.destroy();
      editor.current = null;
    };
  }, [label]);
  useEffect(() => editor.current?.show(text), [text, label]);
  useEffect(() => editor.current?.wrap(wrap), [wrap, label]);
  return { host, editor };
}

function Toggle({
  on,
  onChange,
  icon,
  children,
}: {
  on: boolean;
  onChange: (on: boolean) => void;
  icon?: ReactNode;
  children: string;
}) {
  return (
    <Button
      look="quiet"
      icon={icon}
      aria-pressed={on}
      onClick={() => onChange(!on)}
      className={on ? "bg-accent-soft" : ""}
    >
      {children}
    </Button>
  );
}

/** YAML to read: folds, search, wrapping, copy. Follows its text without losing place or folds. */
export function YamlView({ text, label, managedFields, onManagedFields }: YamlViewProps) {
  const [wrap, setWrap] = useState(false);
  const { host, editor } = useEditor(text, label, wrap);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div
        role="toolbar"
        aria-label="YAML"
        className="flex flex-wrap items-center gap-1 border-b border-line px-2 py-1"
      >
        <Button look="quiet" icon={<Search size={14} />} onClick={() => editor.current?.find()}>
          Find
        </Button>
        <Button
          look="quiet"
          icon={<ChevronsDownUp size={14} />}
          aria-label="fold all"
          title="fold all"
          onClick={() => editor.current?.fold()}
        />
        <Button
          look="quiet"
          icon={<ChevronsUpDown size={14} />}
          aria-label="unfold all"
          title="unfold all"
          onClick={() => editor.current?.unfold()}
        />
        <Toggle on={wrap} onChange={setWrap} icon={<WrapText size={14} />}>
          Wrap
        </Toggle>
        <Toggle on={managedFields} onChange={onManagedFields}>
          managedFields
        </Toggle>
        <span className="ml-auto">
          <CopyButton text={text} label="copy the YAML" />
        </span>
      </div>
      <div ref={host} className="min-h-0 flex-1" />
    </div>
  );
}
