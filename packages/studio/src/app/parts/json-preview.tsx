import { visibleText } from "../../text/visible-text.ts";

/** A string with the colon that makes it a name, or a run without strings. The text may end within a string. */
const TOKEN = /"((?:[^"\\]|\\.)*)("?)(\s*:)?|[^"]+/gs;
const LONGEST = 240;

/** The beginning of a value's JSON text, easier to read: names without quotes, quieter than their values. */
export function JsonPreview({ text }: { text: string }) {
  const inner = text.startsWith("{") ? text.slice(1, text.endsWith("}") ? -1 : undefined) : text;
  const parts: { text: string; isName: boolean }[] = [];
  let length = 0;
  for (const [whole, string, , colon] of inner.matchAll(TOKEN)) {
    if (length > LONGEST) break;
    const isName = colon !== undefined;
    const part = isName ? `${string ?? ""}: ` : whole.replaceAll(",", ", ");
    const shown = string === undefined || isName ? part : whole;
    length += shown.length;
    parts.push({ text: visibleText(shown.slice(0, LONGEST)), isName });
  }
  return (
    <bdi dir="ltr" class="preview mono">
      {parts.map((part, index) =>
        part.isName ? (
          <span key={index} class="quiet">
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </bdi>
  );
}
