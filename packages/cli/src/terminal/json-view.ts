import { toSafeJson } from "./escape.ts";
import type { Paint } from "./paint.ts";
import { truncate } from "./width.ts";

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

/** Characters of a preview that are looked at. */
const MAX_PREVIEW = 400;

/** A value on one line, at most this wide. */
export function preview(value: unknown, columns: number): string {
  return truncate(toSafeJson(clip(value, MAX_PREVIEW)), columns);
}

/** The same value with less in it, so that previews of large values are cheap. */
function clip(value: unknown, budget: number): unknown {
  if (typeof value === "string") return value.slice(0, budget);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.slice(0, budget / 2).map((each) => clip(each, budget / 2));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, budget / 4)
      .map(([name, each]) => [name.slice(0, budget), clip(each, budget / 2)]),
  );
}
