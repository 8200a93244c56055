import { utf8Bytes } from "../arguments/argument-size.ts";

/** Reserved for the rest of a result: its field names, the next page, a hint. */
const RESERVED_BYTES = 768;

/** Bytes that a value takes in a result's JSON. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value) ?? "");
}

/** The bytes that are left in a result while its listing is filled. */
export class ResultBudget {
  #remaining: number;
  #isEmpty = true;

  constructor(bytes: number) {
    this.#remaining = bytes - RESERVED_BYTES;
  }

  get remaining(): number {
    return this.#remaining;
  }

  /** How many of the next entries fit. The first entry of a result always does: paging could not continue otherwise. */
  countFitting(sizes: readonly number[]): number {
    let remaining = this.#remaining;
    let count = 0;
    for (const size of sizes) {
      remaining -= size;
      if (remaining < 0 && !(this.#isEmpty && count === 0)) break;
      count++;
    }
    return count;
  }

  spend(sizes: readonly number[]): void {
    for (const size of sizes) this.#remaining -= size;
    if (sizes.length > 0) this.#isEmpty = false;
  }

  /** Sets bytes aside for a field beside the listing. */
  reserve(bytes: number): void {
    this.#remaining -= bytes;
  }
}

interface Batch<T, P> {
  readonly entries: readonly T[];
  /** Where the next batch starts; undefined after the last one. */
  readonly next: P | undefined;
}

/**
 * Reads the entries of a listing that fit. If a batch does not fit completely, its fitting part is read again: the position
 * that comes with it is then exactly after the last entry returned.
 */
export async function readWhatFits<T, P>(
  budget: ResultBudget,
  start: P | undefined,
  read: (count: number, from: P | undefined) => Promise<Batch<T, P>>,
  sizeOf: (entry: T) => number,
  batchSize: { readonly first: number; readonly maximum: number },
): Promise<Batch<T, P>> {
  const entries: T[] = [];
  let from = start;
  for (let count = batchSize.first, isLast = false; ;) {
    const batch = await read(count, from);
    const sizes = batch.entries.map(sizeOf);
    const fitting = budget.countFitting(sizes);
    if (fitting < sizes.length) {
      if (fitting === 0) return { entries, next: from };
      [count, isLast] = [fitting, true];
      continue;
    }
    budget.spend(sizes);
    entries.push(...batch.entries);
    if (isLast || batch.next === undefined) return { entries, next: batch.next };
    from = batch.next;
    count = Math.min(count * 2, batchSize.maximum);
  }
}

/** A result's list of names: the first ones that fit, and the total if not all do. */
export function cappedList<F extends string>(
  field: F,
  names: readonly string[],
  bytes: number,
): { [K in F]: readonly string[] } & { [K in `${F}_total`]?: number } {
  let remaining = bytes;
  const shown: string[] = [];
  for (const name of names) {
    remaining -= jsonBytes(name) + 1;
    if (remaining < 0) break;
    shown.push(name);
  }
  const total = shown.length < names.length ? { [`${field}_total`]: names.length } : {};
  return { [field]: shown, ...total } as ReturnType<typeof cappedList<F>>;
}
