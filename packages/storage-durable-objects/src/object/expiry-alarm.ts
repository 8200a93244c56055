import type { ObjectStorage } from "./runtime.ts";

/** The shortest time between two alarms: items that expire within it are swept together. */
const MIN_INTERVAL_MS = 1_000;
/** When a sweep that failed is repeated. */
const RETRY_MS = 60_000;

/**
 * The object's alarm at the first expiry of an item. An alarm that is too early is harmless: it finds nothing, and sets
 * the next one. Setting it without waiting makes it part of the transaction before it.
 */
export class ExpiryAlarm {
  readonly #storage: Pick<ObjectStorage, "setAlarm" | "deleteAlarm">;
  /** Undefined if none is set, or if this instance of the object does not know of it. */
  #at: number | undefined;

  constructor(storage: Pick<ObjectStorage, "setAlarm" | "deleteAlarm">) {
    this.#storage = storage;
  }

  /** Makes sure that it rings when the first item expires. @param expiry undefined: none will */
  advance(expiry: number | undefined): void {
    if (expiry === undefined || (this.#at !== undefined && this.#at <= expiry)) return;
    this.#set(expiry);
  }

  /** After it rang. */
  rearm(expiry: number | undefined, now: number): void {
    this.#at = undefined;
    if (expiry !== undefined) this.#set(Math.max(expiry, now + MIN_INTERVAL_MS));
  }

  /** After a sweep that failed. */
  retry(now: number): void {
    this.#set(now + RETRY_MS);
  }

  clear(): void {
    this.#at = undefined;
    void this.#storage.deleteAlarm();
  }

  #set(at: number): void {
    this.#at = at;
    void this.#storage.setAlarm(at);
  }
}
