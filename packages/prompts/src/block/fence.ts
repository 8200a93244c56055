import { SynthaError } from "@syntha/core";

/** `context` holds all visible items, `context-changes` the items that changed. */
export type FenceName = "context" | "context-changes";

/** Two tags with the same mark, which enclose lines of JSON. */
export class Fence {
  readonly #opening: string;
  readonly #closing: string;

  /** @param mark random by default, so that the author of a value can't know it. */
  constructor(name: FenceName, mark: string = newMark(), replacesAll = false) {
    if (typeof mark !== "string" || !/^[\w-]{1,64}$/.test(mark)) {
      throw new SynthaError(
        "INVALID_ARGUMENTS",
        "`mark` must be 1 to 64 letters, digits, _ or -.",
        {
          hint: "Omit it for a random mark; set it only where the output must be reproducible.",
          details: { path: "mark" },
        },
      );
    }
    const replaces = replacesAll ? ` replaces="all earlier context"` : "";
    this.#opening = `<${name} mark="${mark}"${replaces}>`;
    this.#closing = `</${name} mark="${mark}">`;
  }

  /** Lines contain no `<` and no line break, so none of them ends the fence. */
  enclose(lines: readonly string[]): string {
    return [this.#opening, ...lines, this.#closing].join("\n");
  }

  /** One line within other text. */
  encloseInline(line: string): string {
    return `${this.#opening}${line}${this.#closing}`;
  }
}

/** 62 bits, as 12 letters and digits. */
export function newMark(): string {
  const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
  let mark = "";
  while (mark.length < 12) {
    for (const byte of crypto.getRandomValues(new Uint8Array(16)))
      // 252 is the last multiple of 36: with the bytes above it, some letters would be more frequent.
      if (byte < 252 && mark.length < 12) mark += alphabet[byte % 36];
  }
  return mark;
}
