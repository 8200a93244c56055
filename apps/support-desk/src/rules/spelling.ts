const LEAST_LETTERS = 4;
// Trying every way to mend or split a word costs the square of its length.
const MOST_LETTERS = 24;

/**
 * Understands a word with one wrong, missing, extra or swapped letter. Two words that differ by one
 * such error share a shortened form, so a look-up costs the letters of the word, not the vocabulary.
 */
export class Spelling {
  readonly #known: ReadonlySet<string>;
  readonly #byShortened = new Map<string, string>();

  /** `plain` words are known but never the answer: "form" must not become "from". */
  constructor(vocabulary: Iterable<string>, plain: Iterable<string>) {
    const words = [...vocabulary];
    this.#known = new Set([...words, ...plain]);
    for (const word of words) {
      if (word.length < LEAST_LETTERS) continue;
      for (const short of [word, ...shortened(word)]) {
        if (!this.#byShortened.has(short)) this.#byShortened.set(short, word);
      }
    }
  }

  /** The words meant: the word itself, a corrected one, or the two that were typed as one. */
  read(word: string): readonly string[] {
    if (this.#known.has(word) || word.length > MOST_LETTERS) return [word];
    const meant = this.#correct(word);
    if (meant !== undefined) return [meant];
    return this.#split(word) ?? [word];
  }

  #correct(word: string): string | undefined {
    if (word.length < LEAST_LETTERS || /\d/.test(word)) return undefined;
    for (const short of [word, ...shortened(word)]) {
      const meant = this.#byShortened.get(short);
      if (meant !== undefined && oneErrorApart(meant, word)) return meant;
    }
    return undefined;
  }

  #split(word: string): readonly [string, string] | undefined {
    for (let at = 1; at < word.length; at++) {
      const [left, right] = [word.slice(0, at), word.slice(at)];
      if (this.#known.has(left) && this.#known.has(right)) return [left, right];
    }
    return undefined;
  }
}

function shortened(word: string): string[] {
  return Array.from(word, (_, at) => word.slice(0, at) + word.slice(at + 1));
}

/** Needed besides the shortened form, since "paid" and "pins" share one too ("pi" and a letter). */
function oneErrorApart(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right === `${left[1]}${left[0]}`;
}
