import { toSafeJson } from "./escape.ts";
import type { Paint } from "./paint.ts";
import { CHARACTERS_PER_COLUMN, truncate } from "./width.ts";

const TOKEN = /"(?:\\.|[^"\\])*"(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;

/** A value as indented JSON, in colours. */
export function jsonLines(value: unknown, paint: Paint): readonly string[] {
  return toSafeJson(value, 2)
    .split("\n")
    .map((line) => line.replace(TOKEN, (token, colon) => paintToken(token, colon, paint)));
}

function paintToken(token: string, colon: string | undefined, paint: Paint): string {
  if (colon !== undefined) return paint("blue", token.slice(0, -colon.length)) + colon;
  if (token.startsWith('"')) return paint("green", token);
  return /^[tfn]/.test(token) ? paint("magenta", token) : paint("yellow", token);
}

/** A value on one line, at most this wide: its JSON, or the beginning of it and "…". */
export function preview(value: unknown, columns: number): string {
  // One character more than is shown, so that what is left out is marked.
  return truncate(beginningOf(value, columns * CHARACTERS_PER_COLUMN + 1), columns);
}

/** At least this many characters of a value's JSON, or all: the whole of a large value would take long. */
function beginningOf(value: unknown, least: number): string {
  let text = "";
  for (const piece of jsonPieces(value, least)) {
    text += piece;
    if (text.length >= least) break;
  }
  return text;
}

/** A value's JSON in pieces. A text that has more than `most` characters ends within. */
function* jsonPieces(value: unknown, most: number): Generator<string, void> {
  if (typeof value === "string" && value.length > most)
    return yield toSafeJson(value.slice(0, most)).slice(0, -1);
  if (typeof value !== "object" || value === null) return yield toSafeJson(value);
  const isList = Array.isArray(value);
  yield isList ? "[" : "{";
  let separator = "";
  for (const [name, each] of Object.entries(value)) {
    yield separator;
    if (!isList) {
      yield* jsonPieces(name, most);
      yield ":";
    }
    yield* jsonPieces(each, most);
    separator = ",";
  }
  yield isList ? "]" : "}";
}
