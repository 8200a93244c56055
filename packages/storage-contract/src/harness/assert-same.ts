import { assert } from "vitest";

/** Quick where they are the same, and readable where they are not. */
export function assertSame(about: string, actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    assert.deepEqual(actual, expected, about);
}
