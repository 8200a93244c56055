/** Longer than any name of ours with its prefix: nothing is near it. */
const LONGEST = 80;

/** Names that somebody who wrote `name` may have meant, nearest first. */
export function nearest(name: string, names: readonly string[], most = 3): readonly string[] {
  if (name.length > LONGEST) return [];
  const written = name.toLowerCase();
  const ranked = names
    .map((known) => ({ known, distance: distanceOf(written, known) }))
    .toSorted((a, b) => a.distance - b.distance);
  const reach = Math.min(0.5, (ranked[0]?.distance ?? 1) + 0.2);
  return ranked
    .filter(({ distance }) => distance <= reach)
    .slice(0, most)
    .map(({ known }) => known);
}

/** From 0, the same up to what stands in front, to 1: parts of a name, words that both have, or edits by length. */
function distanceOf(written: string, known: string): number {
  const name = known.toLowerCase();
  if (name.endsWith(written) || written.endsWith(name)) return written === "" ? 1 : 0;
  if (name.includes(written)) return 0.1;
  const words = new Set(written.split(/[^a-z0-9]+/));
  const parts = name.split("_");
  const shared = parts.filter((part) => words.has(part)).length;
  const edits = editsBetween(written, name) / Math.max(written.length, name.length);
  return Math.min(edits, 1 - shared / Math.max(parts.length, words.size));
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
