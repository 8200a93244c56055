const LONGEST = 60;

/** A value in an error's message: never more than a few words, whatever it is. */
export function describe(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  if (value === null || value === undefined || typeof value === "boolean") return String(value);
  if (typeof value === "number" || typeof value === "bigint")
    return String(value).slice(0, LONGEST);
  return withArticle(Array.isArray(value) ? "array" : typeof value);
}

/** `an agent name`, `a topic`. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}
