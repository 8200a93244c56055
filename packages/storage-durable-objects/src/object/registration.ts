import type { Registration } from "../protocol/methods.ts";

/**
 * How long a registration is accepted, and what was read of the directory counts. Operations are kept for much longer
 * ({@link STALE_AFTER_MS}): neither a late write nor a late report can meet a directory that has forgotten an operation.
 * The difference exceeds what clocks may differ by.
 */
const VALID_FOR_MS = 10 * 60_000;

/** When the directory ignores an operation that did not end, because its caller crashed. */
export const STALE_AFTER_MS = 60 * 60_000;

/** @param now of the system's clock */
export function isValid(registration: Registration | undefined, now: number): boolean {
  return registration !== undefined && isRecent(registration.at, now);
}

export function isRecent(at: number, now: number): boolean {
  return now - at < VALID_FOR_MS;
}
