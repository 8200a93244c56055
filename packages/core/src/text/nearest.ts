/** Longer names are not compared: no known name is similar. */
const LONGEST = 80;

/** The names that `name` may be a misspelling of, nearest first. */
export function nearest(name: string, names: Iterable<string>, most = 3): readonly string[] {
  if (name.length > LONGEST) return [];
  const ranked = [...names]
    .map((known) => ({ known, distance: distanceOf(name, known) }))
    .toSorted((a, b) => a.distance - b.distance);
  const reach = Math.min(0.5, (ranked[0]?.distance ?? 1) + 0.2);
  return ranked
    .filter(({ distance }) => distance <= reach)
    .slice(0, most)
    .map(({ known }) => known);
}

/** From 0 (equal except for a prefix) to 1: by a common part, by common words, or by edits per character. */
function distanceOf(name: string, known: string): number {
  const [a, b] = [name.toLowerCase(), known.toLowerCase()];
  if (b.endsWith(a) || a.endsWith(b)) return a === "" ? 1 : 0;
  if (b.includes(a)) return 0.1;
  const [words, parts] = [new Set(wordsOf(name)), wordsOf(known)];
  const shared = parts.filter((part) => words.has(part)).length;
  const edits = editsBetween(a, b) / Math.max(a.length, b.length);
  return Math.min(edits, 1 - shared / Math.max(parts.length, words.size));
}

/** `push_context` and `pushContext` have the same two words. */
function wordsOf(name: string): string[] {
  return name.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/).map((word) => word.toLowerCase());
}

function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
