import {
  type ContextMesh,
  type ItemHeader,
  type Listing,
  type PastMesh,
  SynthaError,
} from "@syntha/core";
import { MAX_PAGE } from "../limits.ts";

/** A mesh as it is now. */
export interface Head {
  /** Of the tenant's history: another one once the tenant was dropped, here or by another process. */
  readonly epoch: string;
  /** The storage's time. */
  readonly now: number;
}

/** A mesh at an earlier position, and who reads it. */
export class KeptMoment {
  readonly mesh: ContextMesh;
  readonly position: number;
  readonly past: Promise<PastMesh>;
  /** Zero until it is open. */
  items = 0;
  readonly #opened: Head;
  /** When the first of its values expires, which no one may read then. */
  #expiresAt = Infinity;
  readonly #stop = new AbortController();
  #isOpen = false;
  #readers = 0;
  #isLeft = false;

  /** @param turn resolves when it may be opened */
  constructor(mesh: ContextMesh, head: Head, position: number, turn: Promise<unknown>) {
    this.mesh = mesh;
    this.#opened = head;
    this.position = position;
    this.past = this.#open(turn);
    // Its readers receive the error.
    this.past.catch(() => undefined);
  }

  /** No reader waits for it any more: it will not open. */
  get isAbandoned(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Whether it is of the same history, and holds no value that has expired since. */
  isValid({ epoch, now }: Head): boolean {
    return epoch === this.#opened.epoch && now < this.#expiresAt;
  }

  /** @param signal of a reader, which may stop waiting */
  async read<T>(signal: AbortSignal, read: (past: PastMesh) => Promise<T>): Promise<T> {
    this.#readers++;
    let isReading = true;
    const leave = (): void => {
      if (!isReading) return;
      isReading = false;
      this.#readers--;
      if (this.#readers === 0 && !this.#isOpen) this.#stop.abort();
      this.#closeIfLeft();
    };
    const onAbort = (): void => (this.#isOpen ? undefined : leave());
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    try {
      return await read(await this.past);
    } finally {
      signal.removeEventListener("abort", onAbort);
      leave();
    }
  }

  /** It closes with its last reader. */
  leave(): void {
    this.#isLeft = true;
    this.#closeIfLeft();
  }

  async #open(turn: Promise<unknown>): Promise<PastMesh> {
    await turn;
    const { signal } = this.#stop;
    if (signal.aborted) throw new SynthaError("ABORTED", "No one waits for this moment.");
    const past = await this.mesh.at(this.position, { signal });
    this.#expiresAt = await firstExpiry(past, this.#opened.now);
    this.#isOpen = true;
    return past;
  }

  #closeIfLeft(): void {
    if (!this.#isLeft || this.#readers > 0) return;
    // One that could not be opened need not be closed.
    void this.past.then(
      (past) => past.close(),
      () => undefined,
    );
  }
}

/** Of the items that expire after a time. Those that had expired by then have no value. */
async function firstExpiry({ system }: PastMesh, time: number): Promise<number> {
  let [first, page]: [number, string | undefined] = [Infinity, undefined];
  do {
    const listed: Listing<ItemHeader> = await system.list({ values: false, limit: MAX_PAGE, page });
    for (const { expiresAt } of listed.items)
      if (expiresAt !== undefined && expiresAt.getTime() > time)
        first = Math.min(first, expiresAt.getTime());
    page = listed.nextPage;
  } while (page !== undefined);
  return first;
}
