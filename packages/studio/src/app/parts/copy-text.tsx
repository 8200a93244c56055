import { useState } from "preact/hooks";
import { visibleText } from "../../text/visible-text.ts";
import { Icon } from "./icons.tsx";

const SHOWN = 1500;

/** @returns whether it was copied a moment ago, and what copies it */
export function useCopy(text: string): [boolean, () => void] {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN);
  };
  return [copied, () => void copy().catch(() => setCopied(false))];
}

/** A command that a click copies, exactly as it is shown. */
export function CopyText({ text }: { text: string }) {
  const shown = visibleText(text);
  const [copied, copy] = useCopy(shown);
  return (
    <button type="button" class="copy-text mono" title="Copy" onClick={copy}>
      <bdi dir="ltr" class="cut">
        {shown}
      </bdi>
      <Icon name={copied ? "check" : "copy"} size={14} />
      <span class="unseen" role="status">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
}

/** A small button that copies a text shown beside it, as it is shown: raw controls would act where it is pasted. */
export function CopyIcon({ text, label }: { text: string; label: string }) {
  const [copied, copy] = useCopy(visibleText(text));
  return (
    <button type="button" class="icon-button" aria-label={copied ? "Copied" : label} onClick={copy}>
      <Icon name={copied ? "check" : "copy"} size={14} />
    </button>
  );
}
