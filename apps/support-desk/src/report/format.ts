const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}|[\u{20000}-\u{3FFFD}]/u;
const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Text without control characters: files and models must not command the terminal. Numbers in groups of three. */
export function toText(cell: string | number): string {
  if (typeof cell === "string") return cell.replaceAll(/\p{Cc}/gu, "\uFFFD");
  return cell.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** "1 ticket", "2 tickets", "2 strategies", "2 processes". */
export function count(number: number, noun: string): string {
  const plural = noun.endsWith("s") ? `${noun}es` : `${noun}s`.replace(/ys$/, "ies");
  return `${toText(number)} ${number === 1 ? noun : plural}`;
}

/** "0.95 ms", "211 ms", "1.4 s", "2.5 min". */
export function duration(ms: number): string {
  if (ms < 1_000) return `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

/** The heading and the texts of each column: "p99Ms" is "p99", in durations. */
export function toColumns(rows: readonly Readonly<Record<string, number | string>>[]) {
  return Object.keys(rows[0] ?? {}).map((key) => ({
    heading: key.replace(/Ms$/, "").replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    isCount: !key.endsWith("Ms") && typeof rows[0]?.[key] === "number",
    texts: rows.map(({ [key]: cell = "" }) =>
      key.endsWith("Ms") ? duration(Number(cell)) : toText(cell),
    ),
  }));
}

/** The columns of a terminal that text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Fills text up to a width, or cuts it with "…". */
export function fit(text: string, columns: number, isRight = false): string {
  const shown = widthOf(text) > columns ? `${split(text, columns - 1)[0]}…` : text;
  const blanks = " ".repeat(Math.max(0, columns - widthOf(shown)));
  return isRight ? blanks + shown : shown + blanks;
}

/** Breaks text into lines, between words where possible. All lines but the first are indented. */
export function wrap(text: string, columns: number, indent = 0): string {
  const room = columns - indent;
  const lines: string[] = [];
  let [line = "", ...words] = toText(text).split(/(?<=\S) /);
  for (;;) {
    const [first, rest] = split(line, room);
    const [word] = words;
    if (rest !== "") {
      lines.push(first);
      line = rest;
    } else if (word === undefined) return [...lines, line].join(`\n${" ".repeat(indent)}`);
    else {
      words = words.slice(1);
      const isShort = widthOf(`${line} ${word}`) <= room;
      if (!isShort) lines.push(line);
      line = isShort ? `${line} ${word}` : word;
    }
  }
}

/** The beginning that takes at most this many columns, and the rest. */
function split(text: string, columns: number): [first: string, rest: string] {
  let [end, width] = [0, 0];
  for (const character of text) {
    width += widthOf(character);
    if (width > columns) break;
    end += character.length;
  }
  return [text.slice(0, end), text.slice(end)];
}
