import { parseJson, SynthaError } from "@syntha/core";
import { findInexactNumber } from "./json-scanner.ts";

const JSON_START = /^[ \t\r\n]*[[{]/;

/**
 * Parses text that is a JSON object or array and returns every other value unchanged: order number "00123842" keeps its
 * zeros, and `[urgent] call back` stays text.
 * @throws INVALID_ARGUMENTS for a number in the JSON that parsing would change
 */
export function parseStructuredText(value: {} | null, path: string): {} | null {
  if (typeof value !== "string" || !JSON_START.test(value)) return value;
  const parsed = parse(value);
  if (parsed === undefined) return value;
  const rounded = findInexactNumber(value);
  if (rounded === undefined) return parsed;
  throw inexactNumberError(path, rounded);
}

export function inexactNumberError(path: string, number: string): SynthaError<"INVALID_ARGUMENTS"> {
  return new SynthaError(
    "INVALID_ARGUMENTS",
    `\`${path}\` contains the number ${number.slice(0, 40)}, which JSON can't represent exactly.`,
    { hint: "Write long numbers as text, in quotes.", details: { path } },
  );
}

function parse(text: string): {} | undefined {
  try {
    return parseJson(text) as {};
  } catch {
    return undefined;
  }
}
