import type { JsonValue } from "./json.ts";
import { JsonReader } from "./json-reader.ts";

/**
 * Parses JSON correctly. V8's `JSON.parse` mistakes an escaped member name for an earlier one of the same shape that is
 * a backslash: after `{"a":1,"\\":2}` it reads `{"a":1,"\n":2}` as the same (Node 24.21 and 26.10; Node 22 is correct).
 * Text with an escape in a member name is parsed by {@link JsonReader}, about ten times slower, and all other text by
 * `JSON.parse`.
 * @throws SyntaxError
 */
export function parseJson(text: string): JsonValue {
  return hasEscapedName(text) ? new JsonReader(text).read() : (JSON.parse(text) as JsonValue);
}

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const COLON = 0x3a;

/** One pass over the strings. Most text has no backslash, and costs one search. */
function hasEscapedName(text: string): boolean {
  let escape = text.indexOf("\\");
  if (escape === -1) return false;
  for (let start = text.indexOf('"'); start !== -1;) {
    const end = endOfString(text, start);
    while (escape !== -1 && escape < start) escape = text.indexOf("\\", start);
    if (escape === -1) return false;
    if (escape < end && isName(text, end)) return true;
    start = text.indexOf('"', end + 1);
  }
  return false;
}

/** The index of the closing quote of the string at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  return text.length;
}

function isName(text: string, end: number): boolean {
  for (let at = end + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COLON) return true;
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return false;
  }
  return false;
}
