import { useState } from "preact/hooks";
import { visibleText } from "../text/visible-text.ts";
import { Icon } from "./icons.tsx";

/** A command or a key that a click copies. */
export function CopyText({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button
      type="button"
      class="copy-text mono"
      title="Copy"
      onClick={() => void copy().catch(() => setCopied(false))}
    >
      <bdi dir="ltr" class="cut">
        {visibleText(text)}
      </bdi>
      <Icon name={copied ? "check" : "copy"} size={14} />
      <span class="unseen" role="status">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
}
