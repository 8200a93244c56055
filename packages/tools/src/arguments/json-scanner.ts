const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const OPENING = ["{", "["];
/** Every inexact number has 16 digits in a row, as 2^53 has, or an exponent. */
const MAY_BE_INEXACT = /\d{16}|\d[eE]/;
const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;

/** Whether brackets in JSON text nest deeper than `levels`, without parsing it and without recursion. */
export function nestsDeeperThan(levels: number, text: string): boolean {
  return hasMoreBrackets(levels, text) && nestingDepth(text) > levels;
}

/** Whether the text has more opening brackets, also inside strings: few texts do, and they are fast to count. */
function hasMoreBrackets(most: number, text: string): boolean {
  let count = 0;
  for (const bracket of OPENING)
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1))
      if (++count > most) return true;
  return false;
}

function nestingDepth(text: string): number {
  let [depth, deepest] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) i = endOfString(text, i);
    else if (isOpening(unit)) deepest = Math.max(deepest, ++depth);
    else if (isClosing(unit)) depth--;
  }
  return deepest;
}

/** The first number in JSON text that parsing would change: an integer past 2^53, or one that becomes infinite. */
export function findInexactNumber(text: string): string | undefined {
  if (!MAY_BE_INEXACT.test(text)) return undefined;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) i = endOfString(text, i);
    else if (unit === MINUS || (unit >= 0x30 && unit <= 0x39)) {
      const literal = numberAt(text, i);
      if (isInexact(literal)) return literal;
      i += literal.length - 1;
    }
  }
  return undefined;
}

function numberAt(text: string, at: number): string {
  NUMBER.lastIndex = at;
  return NUMBER.exec(text)?.[0] ?? text.charAt(at);
}

function isInexact(literal: string): boolean {
  const size = Math.abs(Number(literal));
  // With an exponent, it is not meant to be exact.
  return size === Infinity || (size > Number.MAX_SAFE_INTEGER && !/e/i.test(literal));
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === BACKSLASH) i++;
    else if (unit === QUOTE) return i;
  }
  return text.length;
}

function isOpening(unit: number): boolean {
  return unit === 0x7b || unit === 0x5b;
}

function isClosing(unit: number): boolean {
  return unit === 0x7d || unit === 0x5d;
}
