import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { copyText } from "@/lib/clipboard";
import { Button } from "./button";

/** Copies `text`; says so for a moment. Without children it is an icon. */
export function CopyButton({ text, label, children }: { text: string; label: string; children?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1200);
  };
  const icon = copied ? <Check size={14} /> : <Copy size={14} />;
  return (
    <Button
      look={children ? "plain" : "quiet"}
      icon={icon}
      aria-label={copied ? "copied" : label}
      title={label}
      onClick={() => void copy()}
    >
      {children}
    </Button>
  );
}
