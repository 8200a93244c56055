import type { Registration } from "../protocol/methods.ts";

/**
 * How long a registration is accepted. The directory keeps it for longer ({@link STALE_AFTER_MS}), so that a call that is
 * late can't create a tenant whose name the directory has removed. The difference exceeds what clocks may differ by.
 */
const VALID_FOR_MS = 10 * 60_000;

/** When the directory ignores an operation that did not end, because its caller crashed. */
export const STALE_AFTER_MS = 60 * 60_000;

/** @param now of the system's clock */
export function isValid(registration: Registration | undefined, now: number): boolean {
  return registration !== undefined && now - registration.at < VALID_FOR_MS;
}
