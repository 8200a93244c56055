import { startOf, visibleText } from "../../text/visible-text.ts";

const LONGEST = 600;

/** What to do about an error. Text between backticks is code. */
export function Hint({ text }: { text: string }) {
  const parts = visibleText(startOf(text, LONGEST).text).split("`");
  return (
    <span class="hint">
      {parts.map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))}
    </span>
  );
}
