/** Longer names are not compared: no known name is similar. */
const LONGEST = 80;

/** Names that are further away are not similar. */
const REACH = 0.5;

/** The names that `name` may be a misspelling of, nearest first. */
export function nearest(name: string, names: Iterable<string>, most = 3): readonly string[] {
  if (name.length > LONGEST) return [];
  const ranked: { readonly known: string; readonly distance: number }[] = [];
  const asked = { text: name.toLowerCase(), words: new Set(wordsOf(name)) };
  for (const known of names) {
    const distance = distanceOf(asked, known);
    if (distance <= REACH) ranked.push({ known, distance });
  }
  ranked.sort((a, b) => a.distance - b.distance);
  const reach = (ranked[0]?.distance ?? 0) + 0.2;
  return ranked
    .filter(({ distance }) => distance <= reach)
    .slice(0, most)
    .map(({ known }) => known);
}

interface Asked {
  readonly text: string;
  readonly words: ReadonlySet<string>;
}

/** From 0 (equal except for a prefix) to 1: by a common part, by common words, or by edits per character. */
function distanceOf({ text: a, words }: Asked, known: string): number {
  const b = known.toLowerCase();
  if (b.endsWith(a) || a.endsWith(b)) return a === "" ? 1 : 0;
  if (b.includes(a)) return 0.1;
  const parts = wordsOf(known);
  const shared = parts.filter((part) => words.has(part)).length;
  const byWords = 1 - shared / Math.max(parts.length, words.size, 1);
  const longer = Math.max(a.length, b.length);
  // Each character that only one of them has room for is an edit.
  if (Math.abs(a.length - b.length) / longer > REACH) return byWords;
  return Math.min(editsBetween(a, b) / longer, byWords);
}

/** `push_context` and `pushContext` have the same two words. */
function wordsOf(name: string): string[] {
  const words = name.split(/[^\p{L}\p{M}\p{N}]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u);
  return words.filter((word) => word !== "").map((word) => word.toLowerCase());
}

/** Levenshtein's distance, in one row that is overwritten. */
function editsBetween(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const character = a.charCodeAt(i - 1);
    let diagonal = i - 1;
    let left = i;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] as number;
      left = Math.min(
        diagonal + (character === b.charCodeAt(j - 1) ? 0 : 1),
        Math.min(above, left) + 1,
      );
      diagonal = above;
      row[j] = left;
    }
  }
  return row[b.length] as number;
}
