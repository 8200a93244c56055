import { useCopy } from "../parts/copy-text.tsx";
import { Icon } from "../parts/icons.tsx";
import { startOf, visibleLines } from "../../text/visible-text.ts";

const LONG = 60_000;

/** The text as the model gets it; hidden characters are shown by their code points. */
export function PromptText({ text }: { text: string }) {
  const [copied, copyText] = useCopy(text);
  const { text: start, cut } = startOf(text, LONG);
  return (
    <section class="prompt-frame" aria-label="Text of the block">
      <button type="button" class="button small prompt-copy" onClick={copyText}>
        <Icon name={copied ? "check" : "copy"} size={14} /> {copied ? "Copied" : "Copy"}
      </button>
      <pre class="prompt-text" tabIndex={0}>
        <bdi dir="ltr">
          {visibleLines(start)}
          {cut && "…"}
        </bdi>
      </pre>
    </section>
  );
}
