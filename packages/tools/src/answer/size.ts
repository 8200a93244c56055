import { utf8Bytes } from "../arguments/argument-size.ts";

/** Kept free for what stands around a listing: its field names, the next page, a hint. */
const FRAME_BYTES = 768;

/** Bytes that something takes in a result's JSON. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value) ?? "");
}

/** What is left of a result's size while it is filled. */
export class Room {
  #left: number;
  #isEmpty = true;

  constructor(bytes: number) {
    this.#left = bytes - FRAME_BYTES;
  }

  get left(): number {
    return this.#left;
  }

  /** Whether entries of these sizes fit, as far as they do; the first one of all always does, or nothing would go on. */
  countFitting(sizes: readonly number[]): number {
    let left = this.#left;
    let count = 0;
    for (const size of sizes) {
      left -= size;
      if (left < 0 && !(this.#isEmpty && count === 0)) break;
      count++;
    }
    return count;
  }

  take(sizes: readonly number[]): void {
    for (const size of sizes) this.#left -= size;
    if (sizes.length > 0) this.#isEmpty = false;
  }

  /** Something that stands beside the listing. */
  reserve(bytes: number): void {
    this.#left -= bytes;
  }
}
