/**
 * What can change a terminal's state or hide text in it: control characters, line separators, the controls of writing
 * direction, characters without a glyph, and lone surrogates. Joiners and variation selectors stay: scripts and emoji need
 * them, and they reach no further than their neighbours.
 */
const UNSAFE =
  /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text from a mesh as a terminal may show it: what is unsafe is replaced by its escape in JSON, such as `\u001b`.
 *
 * @example
 * visible("a\u001b[2Jb"); // a\u001b[2Jb, in visible characters
 */
export function visible(text: string): string {
  return text.replace(UNSAFE, toEscape);
}

/** As {@link visible}, of text that may have several lines. */
export function visibleLines(text: string): readonly string[] {
  return text.split(/\r?\n/).map((line) => line.split("\t").map(visible).join("  "));
}

/** JSON text without unsafe characters. Parsing it returns the same value; of an error, its code and message. */
export function toSafeJson(value: unknown, indent?: number): string {
  // JSON.stringify may break lines for its indentation; within strings it has escaped them.
  return toSafeLine(JSON.stringify(value, errorAsData, indent) ?? "null");
}

function errorAsData(_name: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { code, message } = value as Error & { readonly code?: string };
  return { code, message };
}

/** A line of JSON that another program wrote, with its line break. */
export function toSafeLine(line: string): string {
  return line.replace(UNSAFE, (character) =>
    character === "\n" ? character : toEscape(character),
  );
}

const SHORT = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function toEscape(character: string): string {
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  let escaped = "";
  for (let at = 0; at < character.length; at++)
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  return escaped;
}
