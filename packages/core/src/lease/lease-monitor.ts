import { MAX_TIMER_MS } from "../concurrency/pause.ts";
import { SynthaError } from "../error/syntha-error.ts";
import type { StorageHandle } from "../session/storage-handle.ts";

/** The shortest time between two checks of a lease, however often the mesh is written to. */
const CHECK_EVERY_MS = 25;

/** Aborts its signal when a lease is lost: when it or its item ends, soon after that was written, or when the mesh closes. */
export class LeaseMonitor {
  readonly #controller = new AbortController();
  readonly #storage: StorageHandle;
  readonly #key: string;
  readonly #leaseId: number;
  #end: ReturnType<typeof setTimeout> | undefined;
  #check: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: (() => void) | undefined;
  #isStopped = false;

  /** @param endsAt of the lease or its item, whichever is earlier, by the clock of this process */
  constructor(storage: StorageHandle, key: string, leaseId: number, endsAt: number) {
    this.#storage = storage;
    this.#key = key;
    this.#leaseId = leaseId;
    this.setEnd(endsAt);
    this.#unsubscribe = storage.onCommit(() => this.#checkSoon());
    storage.closing.addEventListener("abort", this.#close, { once: true });
    // Before the signal was asked for, the mesh may have begun to close, or the lease may have been lost.
    if (storage.closing.aborted) this.#close();
    this.#checkSoon();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  setEnd(endsAt: number): void {
    if (this.#isStopped) return;
    clearTimeout(this.#end);
    const leftMs = endsAt - Date.now();
    if (leftMs <= MAX_TIMER_MS) this.#end = setTimeout(() => this.lose(), Math.max(0, leftMs));
    else this.#end = setTimeout(() => this.setEnd(endsAt), MAX_TIMER_MS);
  }

  lose(): void {
    this.#abort(lostLease(this.#key));
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#end);
    clearTimeout(this.#check);
    this.#unsubscribe?.();
    this.#storage.closing.removeEventListener("abort", this.#close);
  }

  #abort(reason: SynthaError): void {
    this.stop();
    this.#controller.abort(reason);
  }

  /** A closing mesh gives its workers time to finish. */
  readonly #close = (): void => {
    this.#abort(
      new SynthaError("ABORTED", `The mesh is closing and releases "${this.#key}".`, {
        hint: "Stop, or complete the work now: what is not completed can be claimed again.",
      }),
    );
  };

  #checkSoon(): void {
    if (this.#isStopped) return;
    this.#check ??= setTimeout(() => void this.#checkNow(), CHECK_EVERY_MS);
  }

  async #checkNow(): Promise<void> {
    this.#check = undefined;
    try {
      const storage = await this.#storage.ready();
      const { items } = await storage.get(this.#storage.tenantId, null, [this.#key]);
      if (!this.#isStopped && items[0]?.lease?.leaseId !== this.#leaseId) this.lose();
    } catch {
      // An unreachable storage says nothing about the lease; its end still counts.
    }
  }
}

export function lostLease(key: string): SynthaError {
  return new SynthaError("STALE_TOKEN", `The lease on "${key}" was lost.`, {
    hint: "Drop this work: another worker may have claimed it.",
    details: { key },
  });
}
