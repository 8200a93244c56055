const LONGEST = 60;

/** Describes a value in an error message, in a few words. */
export function describe(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  if (value === null || value === undefined || typeof value === "boolean") return String(value);
  if (typeof value === "number") return String(value);
  if (typeof value === "bigint") return `${String(value).slice(0, LONGEST)}n`;
  return withArticle(Array.isArray(value) ? "array" : typeof value);
}

/** Such as `an agent name` or `a topic`. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}
