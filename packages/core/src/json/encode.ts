import { messageOf } from "../error/message.ts";
import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import { byteLength, exceedsBytes } from "../text/byte-length.ts";
import { describe } from "../text/describe.ts";
import { checkValue } from "./check-value.ts";
import type { ValueLimits } from "./limits.ts";

/**
 * Encodes a value as JSON text. Each read parses it again, so that callers never share an object.
 * @throws INVALID_VALUE, TOO_COMPLEX, TOO_LARGE.
 */
export function encode(value: unknown, limits: ValueLimits): string {
  const text = toJson(value, limits);
  if (exceedsBytes(text, limits.valueBytes)) {
    const size = byteLength(text);
    throw new SynthaError(
      "TOO_LARGE",
      `This value takes ${size} bytes as JSON; ${limits.valueBytes} are allowed.`,
      {
        hint: "Split it into several smaller values, or store a reference to where it is kept.",
        details: { what: "value", size, maximum: limits.valueBytes },
      },
    );
  }
  return text;
}

/** A getter or a proxy in the value may throw. */
function toJson(value: unknown, limits: ValueLimits): string {
  try {
    checkValue(value, limits);
    return JSON.stringify(value);
  } catch (error) {
    if (isSynthaError(error)) throw error;
    throw new SynthaError(
      "INVALID_VALUE",
      `Reading this value failed: ${messageOf(error) ?? describe(error)}`,
      {
        hint: "Hand over plain objects and arrays, whose properties can be read.",
        details: { path: "$" },
        cause: error,
      },
    );
  }
}
