import { assert } from "vitest";

/** Fast when they are equal, readable when they differ. */
export function assertSame(about: string, actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    assert.deepEqual(actual, expected, about);
}
