import type { JsonValue } from "@syntha/core";

/**
 * Text that could end a fence, be taken for a placeholder or is invisible: `<`, runs of backticks, tildes and opening
 * braces (which occur only inside JSON strings), and control, format (bidi, zero-width, tags), private, unassigned,
 * ignorable and blank characters.
 */
const UNSAFE =
  /<|`{3,}|~{3,}|\{{2,}|[\u2800\u{1D159}\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A value as one line of JSON whose characters are all visible. It parses to the same value. */
export function visibleJson(value: JsonValue): string {
  return JSON.stringify(value).replace(UNSAFE, escapeUnits);
}

function escapeUnits(text: string): string {
  let escaped = "";
  for (let i = 0; i < text.length; i++)
    escaped += `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`;
  return escaped;
}
