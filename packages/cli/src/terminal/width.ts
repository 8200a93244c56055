import truncatedWidth from "fast-string-truncated-width";

/** Columns that a text takes on a terminal: 2 for wide characters, 0 for combining ones and colours. */
export function widthOf(text: string): number {
  return truncatedWidth(text).width;
}

/** Characters per column that are looked at: a text may have any number of them that take no column. */
export const CHARACTERS_PER_COLUMN = 8;

let graphemes: Intl.Segmenter | undefined;

/** Created when a text is cut: it takes longer than most commands. */
function segments(text: string): Intl.Segments {
  graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return graphemes.segment(text);
}

/** The text, or its beginning and "…", in at most this many columns. The text has no colours. */
export function truncate(text: string, columns: number): string {
  const most = columns * CHARACTERS_PER_COLUMN;
  if (text.length <= most && widthOf(text) <= columns) return text;
  if (columns < 1) return "";
  let [end, width] = [0, 0];
  for (const { segment, index } of segments(text.slice(0, most))) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    end = index + segment.length;
  }
  return `${text.slice(0, end)}…`;
}

/** Pads to this many columns. */
export function pad(text: string, columns: number, align: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, columns - widthOf(text)));
  return align === "left" ? text + space : space + text;
}

/** Breaks a text at spaces into lines of at most this many columns; longer words stay whole. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line === "") line = word;
    else if (widthOf(line) + 1 + widthOf(word) <= columns) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}
