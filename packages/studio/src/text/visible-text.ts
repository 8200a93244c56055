/**
 * Characters that a reader can't see, or that change how the text around them is shown: controls, directions, joiners,
 * byte order marks, tags, fillers, and halves of a surrogate pair. Variation selectors only choose a glyph.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}[\p{DI}--[\ufe00-\ufe0f]]]/gv;
/** Joins two pictures to one, such as a person and a computer. */
const EMOJI_JOINER =
  /(?<=\p{Extended_Pictographic}[\ufe0f\p{EMod}]*)\u200d(?=\p{Extended_Pictographic})/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "⏎", "\t": "⇥", "\r": "␍" };

/** The text with each hidden character as its code point, such as ‹U+202E›. */
export function visibleText(text: string): string {
  return replaceHidden(text, (char) => SHORT[char] ?? codePointOf(char));
}

/** Like {@link visibleText}, but with line ends and tabs as they are: for blocks of text. */
export function visibleLines(text: string): string {
  return replaceHidden(text, (char) => (char === "\n" || char === "\t" ? char : codePointOf(char)));
}

function replaceHidden(text: string, replace: (char: string) => string): string {
  if (text.search(HIDDEN) < 0) return text;
  const joiners = new Set([...text.matchAll(EMOJI_JOINER)].map(({ index }) => index));
  return text.replace(HIDDEN, (char, offset: number) =>
    joiners.has(offset) ? char : replace(char),
  );
}

function codePointOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return `‹U+${code.toString(16).toUpperCase().padStart(4, "0")}›`;
}

/** The first characters, never half a pair; `cut` if there are more. */
export function startOf(text: string, length: number): { text: string; cut: boolean } {
  if (text.length <= length) return { text, cut: false };
  const end = /[\ud800-\udbff]/.test(text[length - 1] ?? "") ? length - 1 : length;
  return { text: text.slice(0, end), cut: true };
}
