const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}|[\u{20000}-\u{3FFFD}]/u;
const zero = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns that text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += zero.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

/** Text in that many columns: filled up with blanks, or cut with "…". */
export function fit(text: string, columns: number, isRight = false): string {
  if (columns < 1) return "";
  const shown = widthOf(text) > columns ? `${cutOff(text, columns - 1)[0]}…` : text;
  const blanks = " ".repeat(columns - widthOf(shown));
  return isRight ? blanks + shown : shown + blanks;
}

/** Lines of at most so many columns, broken between words where possible; all but the first are indented. */
export function wrap(text: string, columns: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<=\S) /)) {
    if (line !== "" && widthOf(`${line} ${word}`) > columns) {
      lines.push(line);
      line = indent + word;
    } else line = line === "" ? word : `${line} ${word}`;
    while (widthOf(line) > columns) {
      const [first, rest] = cutOff(line, columns);
      lines.push(first);
      line = indent + rest;
    }
  }
  return [...lines, line];
}

/** The beginning that takes at most that many columns, and the rest. */
function cutOff(text: string, columns: number): [first: string, rest: string] {
  let end = 0;
  let width = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width > columns) break;
    end += character.length;
  }
  return [text.slice(0, end), text.slice(end)];
}
