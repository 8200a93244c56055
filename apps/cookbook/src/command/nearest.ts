/** Those of the names that are most like what was typed, the nearest first. */
export function nearest(typed: string, names: readonly string[], most = 3): string[] {
  const meant = typed.toLowerCase();
  return names
    .map((name) => ({ name, away: away(meant, name) }))
    .toSorted((a, b) => a.away - b.away)
    .slice(0, most)
    .map(({ name }) => name);
}

/** Whoever types a part of a name means that name; else by how many letters differ, from all of it or from a word. */
function away(typed: string, name: string): number {
  if (typed !== "" && name.includes(typed)) return 0;
  return Math.min(...[name, ...name.split("-")].map((part) => differing(typed, part)));
}

/** Letters to put in, take out or replace (Levenshtein). */
function differing(a: string, b: string): number {
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
