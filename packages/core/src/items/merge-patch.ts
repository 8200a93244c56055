import type { JsonValue } from "../json/json.ts";

/**
 * Applies a JSON merge patch (RFC 7396): objects are merged member by member, null removes a member, and anything else
 * replaces what was there.
 */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  // Defines each member, also one that is called `__proto__`.
  return Object.fromEntries(merged);
}

function isObject(
  value: JsonValue | undefined,
): value is { readonly [key: string]: JsonValue | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
