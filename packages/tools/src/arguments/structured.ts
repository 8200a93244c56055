import { parseJson, SynthaError } from "@syntha/core";
import { roundedNumber } from "./scan-json.ts";

const BEGINS_AS_JSON = /^[ \t\r\n]*[[{]/;

/**
 * Text that parses to a JSON object or array, parsed; everything else as it is. So order number "00123842" keeps its
 * zeros, and `[urgent] call back` stays the text that it is.
 * @throws INVALID_ARGUMENTS for a number in it that parsing would change.
 */
export function structured(value: {} | null, path: string): {} | null {
  if (typeof value !== "string" || !BEGINS_AS_JSON.test(value)) return value;
  const parsed = parse(value);
  if (parsed === undefined) return value;
  const rounded = roundedNumber(value);
  if (rounded === undefined) return parsed;
  throw roundedError(path, rounded);
}

export function roundedError(path: string, number: string): SynthaError<"INVALID_ARGUMENTS"> {
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
