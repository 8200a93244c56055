import { CORRUPT_PERMISSIONS, CORRUPT_TASK } from "@syntha/core/storage";

/** Objects that core recognizes by identity, which a copy does not have, and what is sent in their place. */
const MARKS: readonly (readonly [identity: object, mark: string])[] = [
  [CORRUPT_TASK, "task"],
  [CORRUPT_PERMISSIONS, "permissions"],
];

/** No row, record or answer of a storage has such a property. */
const PROPERTY = "$corrupt";

/**
 * Replaces these objects, at any depth, by marks, and objects without a prototype, which RPC refuses, by plain ones. Returns
 * what has none as it is.
 */
export function toMarked<T>(value: T): T {
  return replace(value, (found) => {
    const [, mark] = MARKS.find(([identity]) => identity === found) ?? [];
    return mark === undefined ? undefined : { [PROPERTY]: mark };
  });
}

/** Replaces marks by the objects. */
export function fromMarked<T>(value: T): T {
  return replace(value, (found) => {
    if (!(PROPERTY in found)) return undefined;
    return MARKS.find(([, mark]) => mark === found[PROPERTY])?.[0];
  });
}

/** Copies only what contains a replaced object. */
function replace<T>(value: T, by: (found: Record<string, unknown>) => object | undefined): T {
  if (typeof value !== "object" || value === null) return value;
  const found = value as Record<string, unknown>;
  const other = by(found);
  if (other !== undefined) return other as T;
  let copy = Object.getPrototypeOf(value) === null ? { ...found } : undefined;
  for (const key of Object.keys(found)) {
    const part = found[key];
    if (typeof part !== "object" || part === null) continue;
    const next = replace(part, by);
    if (next === part) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...found }) as Record<string, unknown>;
    copy[key] = next;
  }
  return (copy ?? value) as T;
}
