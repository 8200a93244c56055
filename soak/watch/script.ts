/** The key of the last change, which everybody is told. */
export const LAST = "last";
/** Changes that are kept beyond those that somebody needs, so that forgetting costs little. */
const SPARE = 20_000;

/**
 * One change as it was written, on one topic or on all of them. A put or an event tells its number; a key is deleted
 * once, so that tells its own.
 */
export type Written =
  | { readonly type: "put"; readonly key: string; readonly topic: string | undefined }
  | { readonly type: "delete"; readonly key: string; readonly topic: string }
  | { readonly type: "event"; readonly topic: string };

/** All that was written, by its number, down to what nobody needs any more. */
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

  forget(before: number): void {
    if (before - this.#start < SPARE) return;
    const gone = this.#changes.splice(0, before - this.#start);
    for (const each of gone) if (each.type === "delete") this.#deletedAt.delete(each.key);
    this.#start = before;
  }
}
