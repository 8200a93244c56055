/**
 * Compares two strings by code point: the order of their UTF-8 bytes, and so the order of SQLite's BINARY
 * and Postgres' "C" collation. JavaScript's own `<` compares UTF-16 units, which puts U+E000–U+FFFF after
 * the supplementary planes.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = a.length < b.length ? a.length : b.length;
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? rotate(x) - rotate(y) : x - y;
  }
  return a.length - b.length;
}

/** Moves surrogates above U+FFFF, where their code points belong. */
function rotate(unit: number): number {
  return unit >= 0xe000 ? unit - 0x2000 : unit + 0x2000;
}

const HIGH = /[\uD800-\uFFFF]/;

/**
 * The same order for a set of strings, by the engine's faster comparison as long as no string has a unit for which the
 * two orders differ.
 */
export class KeyOrder {
  #isPlain = true;

  /** Must be called for each string before it is compared. */
  admit(text: string): void {
    if (this.#isPlain && HIGH.test(text)) this.#isPlain = false;
  }

  readonly compare = (a: string, b: string): number => {
    if (!this.#isPlain) return compareCodePoints(a, b);
    return a < b ? -1 : a === b ? 0 : 1;
  };
}
