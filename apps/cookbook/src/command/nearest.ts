/** The names most similar to the input, the nearest first. */
export function nearest(typed: string, names: readonly string[], most = 3): string[] {
  const input = typed.toLowerCase();
  return names
    .map((name) => ({ name, distance: distance(input, name) }))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ name }) => name);
}

/** 0 for a part of a name; otherwise the edit distance to the name or to one of its words. */
function distance(typed: string, name: string): number {
  if (typed !== "" && name.includes(typed)) return 0;
  return Math.min(...[name, ...name.split("-")].map((part) => editDistance(typed, part)));
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] as number) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
