/** Characters of one call's arguments or answer. RPC allows 32 MiB, and a character takes up to two bytes. */
const MAX_CALL_CHARACTERS = 8 * 1024 * 1024;

/** The characters of all texts in a value. */
function charactersIn(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  let characters = 0;
  for (const part of Object.values(value)) characters += charactersIn(part);
  return characters;
}

/** Divides a list, so that each part fits a call unless it is one element. */
export function divide<T>(list: readonly T[]): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let free = 0;
  for (const each of list) {
    const characters = charactersIn(each);
    const part = parts.at(-1);
    if (part === undefined || characters > free) {
      parts.push([each]);
      free = MAX_CALL_CHARACTERS - characters;
    } else {
      part.push(each);
      free -= characters;
    }
  }
  return parts;
}

/** Reads a page, and a smaller one while it does not fit a call. */
export function readFitting<T>(limit: number, read: (limit: number) => T): T {
  for (let most = limit; ;) {
    const page = read(most);
    const characters = most > 1 ? charactersIn(page) : 0;
    if (characters <= MAX_CALL_CHARACTERS) return page;
    most = Math.max(1, Math.floor((most * MAX_CALL_CHARACTERS) / characters / 2));
  }
}
