import type { Random } from "@syntha/testing-random";

/** Letters that each marker starts with, and the letters after them by which one is recognised. */
const START = "zq";
const LETTERS = 8;
const LENGTH = 16;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Texts that no agent can guess: one that receives a marker has read what it stands for. */
export class Markers {
  readonly #random: Random;
  readonly #made = new Map<string, string>();

  constructor(random: Random) {
    this.#random = random;
  }

  get count(): number {
    return this.#made.size;
  }

  create(): string {
    for (;;) {
      const letters = Array.from({ length: LENGTH }, () => ALPHABET[this.#random.below(36)]);
      const marker = START + letters.join("");
      const start = marker.slice(0, START.length + LETTERS);
      if (this.#made.has(start)) continue;
      this.#made.set(start, marker);
      return marker;
    }
  }

  /** The markers of which at least the start stands in a text, as it is or inside of something encoded in Base64. */
  find(text: string): Set<string> {
    const found = new Set<string>();
    this.#collect(text, found);
    for (const [encoded] of text.matchAll(/[\w+/-]{12,}/gu)) {
      // Text in Base64 starts at any third of the alphabet's steps.
      for (const start of [0, 1, 2, 3]) {
        const decoded = Buffer.from(encoded.slice(start), "base64").toString("latin1");
        if (decoded.includes(START)) this.#collect(decoded, found);
      }
    }
    return found;
  }

  #collect(text: string, found: Set<string>): void {
    for (let at = text.indexOf(START); at !== -1; at = text.indexOf(START, at + 1)) {
      const marker = this.#made.get(text.slice(at, at + START.length + LETTERS));
      if (marker !== undefined) found.add(marker);
    }
  }
}
