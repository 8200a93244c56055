/** Runs tasks side by side, up to a number; the first that fails is told at the end. */
export class Slots {
  readonly #most: number;
  readonly #running = new Set<Promise<void>>();
  readonly #beside = new Set<Promise<void>>();
  readonly #onFailure: () => void;
  #failure: { cause: unknown } | undefined;

  constructor(most: number, onFailure: () => void) {
    this.#most = most;
    this.#onFailure = onFailure;
  }

  get free(): number {
    return this.#most - this.#running.size;
  }

  run(task: () => Promise<void>): void {
    const running: Promise<void> = this.#guard(task()).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Something that goes on beside the tasks and takes no slot. */
  accompany(companion: Promise<void>): void {
    const guarded: Promise<void> = this.#guard(companion).finally(() =>
      this.#beside.delete(guarded),
    );
    this.#beside.add(guarded);
  }

  /** Resolves when there is room for one more. */
  async room(): Promise<void> {
    while (this.free === 0) await Promise.race(this.#running);
  }

  /** Resolves when nothing runs any more. @throws what the first threw that failed. */
  async idle(): Promise<void> {
    while (this.#running.size + this.#beside.size > 0) {
      await Promise.all([...this.#running, ...this.#beside]);
    }
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  #guard(task: Promise<void>): Promise<void> {
    return task.catch((cause: unknown) => {
      this.#failure ??= { cause };
      this.#onFailure();
    });
  }
}
