/** The key of the last change, which is visible to every reader. */
export const LAST = "last";
/** Number of changes to discard at once, so that discarding is cheap. */
const DISCARD_BATCH = 20_000;

/**
 * One change as it was written, to one topic or to all of them. A put or an event carries its number; a delete is
 * identified by its key, which is deleted only once.
 */
export type Written =
  | { readonly type: "put"; readonly key: string; readonly topic: string | undefined }
  | { readonly type: "delete"; readonly key: string; readonly topic: string }
  | { readonly type: "event"; readonly topic: string };

/** The written changes by number, without those that every reader has received. */
export class Script {
  readonly #changes: Written[] = [];
  readonly #deletedAt = new Map<string, number>();
  #start = 0;
  isEnded = false;

  get end(): number {
    return this.#start + this.#changes.length;
  }

  add(change: Written): void {
    if (change.type === "delete") this.#deletedAt.set(change.key, this.end);
    this.#changes.push(change);
  }

  at(number: number): Written {
    return this.#changes[number - this.#start] as Written;
  }

  deletedAt(key: string): number | undefined {
    return this.#deletedAt.get(key);
  }

  discardBefore(before: number): void {
    if (before - this.#start < DISCARD_BATCH) return;
    const discarded = this.#changes.splice(0, before - this.#start);
    for (const each of discarded) if (each.type === "delete") this.#deletedAt.delete(each.key);
    this.#start = before;
  }
}
