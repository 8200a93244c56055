import { SynthaError } from "@syntha/core";

/** All that an agent sees; or what of it has changed. */
export type FenceName = "context" | "context-changes";

/** What stands around context: lines of JSON between two tags that hold the same mark. */
export class Fence {
  readonly #name: FenceName;
  readonly #mark: string;
  readonly #replaces: string;

  /** @param mark random unless given, so that nobody who writes a value can know it. */
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
    this.#name = name;
    this.#mark = mark;
    this.#replaces = replacesAll ? ` replaces="all earlier context"` : "";
  }

  /** Lines hold no `<` and no line break: none of them ends the fence. */
  around(lines: readonly string[]): string {
    return [this.#opening, ...lines, this.#closing].join("\n");
  }

  /** One line in the middle of other text. */
  inline(line: string): string {
    return `${this.#opening}${line}${this.#closing}`;
  }

  get #opening(): string {
    return `<${this.#name} mark="${this.#mark}"${this.#replaces}>`;
  }

  get #closing(): string {
    return `</${this.#name} mark="${this.#mark}">`;
  }
}

/** 62 bits, as 12 letters and digits. */
export function newMark(): string {
  const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
  let mark = "";
  while (mark.length < 12) {
    for (const byte of crypto.getRandomValues(new Uint8Array(16)))
      // 252 is the last multiple of 36: above it some letters would come more often.
      if (byte < 252 && mark.length < 12) mark += alphabet[byte % 36];
  }
  return mark;
}
