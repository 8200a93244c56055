/** Those of the names that are most like what was typed, the nearest first. */
export function nearest(typed: string, names: readonly string[], most = 3): string[] {
  return names
    .map((name) => ({ name, distance: distance(typed.toLowerCase(), name) }))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ name }) => name);
}

/** Whoever types a part of a name means that name; else by how many letters differ. */
function distance(typed: string, name: string): number {
  if (typed !== "" && name.includes(typed)) return 0;
  let row = Array.from({ length: name.length + 1 }, (_, i) => i);
  for (let i = 1; i <= typed.length; i++) {
    const next = [i];
    for (let j = 1; j <= name.length; j++) {
      const replaced = (row[j - 1] as number) + (typed[i - 1] === name[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1);
    }
    row = next;
  }
  return row[name.length] as number;
}
