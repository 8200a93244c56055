import { type ContextMesh, type PastMesh, SynthaError } from "@syntha/core";

/** A mesh at an earlier position, and who reads it. */
export class KeptMoment {
  readonly mesh: ContextMesh;
  /** Of the tenant's history. */
  readonly epoch: string;
  readonly position: number;
  readonly past: Promise<PastMesh>;
  /** Zero until it is open. */
  items = 0;
  readonly #stop = new AbortController();
  #isOpen = false;
  #readers = 0;
  #isLeft = false;

  /** @param turn resolves when it may be opened */
  constructor(mesh: ContextMesh, epoch: string, position: number, turn: Promise<unknown>) {
    this.mesh = mesh;
    this.epoch = epoch;
    this.position = position;
    this.past = this.#open(turn);
    // Its readers receive the error.
    this.past.catch(() => undefined);
  }

  /** No reader waits for it any more: it will not open. */
  get isAbandoned(): boolean {
    return this.#stop.signal.aborted;
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
