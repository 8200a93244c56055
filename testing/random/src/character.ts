import * as fc from "fast-check";

const SURROGATES = { first: 0xd8_00, count: 0x8_00 };
const LAST = 0x10_ff_ff - SURROGATES.count;

/**
 * Any code point but surrogates, as a unit of `fc.string`. Unit "binary" has the same characters, but makes a table of all of
 * them at its first use, which takes a second and 90 MB.
 */
export const character: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: LAST })
  .map((n) => String.fromCodePoint(n < SURROGATES.first ? n : n + SURROGATES.count), numberOf);

/** Lets fast-check use its list of names like `__proto__` too. */
function numberOf(text: unknown): number {
  const [only, ...others] = typeof text === "string" ? text : [];
  const codePoint = only?.codePointAt(0);
  if (codePoint === undefined || others.length > 0) throw new Error("It is not one character.");
  if (codePoint < SURROGATES.first) return codePoint;
  const number = codePoint - SURROGATES.count;
  if (number < SURROGATES.first) throw new Error("It is half of a character.");
  return number;
}
