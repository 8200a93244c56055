import { nearest } from "@syntha/core/storage";

/** Names that are read at once. */
const PAGE = 1_000;

/** Reads the first names with a prefix, in order. */
type ReadNames = (filter: {
  readonly prefix?: string;
  readonly limit: number;
}) => Promise<readonly string[]>;

/** The name that another one may be a misspelling of. Where there are too many to compare all, those with its prefix are. */
export async function nearestName(name: string, read: ReadNames): Promise<string | undefined> {
  const names = new Set(await read({ limit: PAGE }));
  if (names.size >= PAGE)
    for (const prefix of prefixesOf(name))
      for (const each of await read({ prefix, limit: PAGE })) names.add(each);
  return nearest(name, names, 1)[0];
}

/** The first half, for a slip in the second one, and the first character. */
function prefixesOf(name: string): readonly string[] {
  const characters = Array.from(name);
  const half = characters.slice(0, Math.ceil(characters.length / 2)).join("");
  return [...new Set([half, characters[0] ?? ""])].filter((prefix) => prefix !== "");
}
